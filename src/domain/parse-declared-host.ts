import * as v from 'valibot';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { DeclaredDomain, DeclaredUser } from './declared-host.ts';
import { describeMistakes } from './describe-mistakes.ts';
import { type DomainName, parseDomainName } from './domain-name.ts';
import { parseIpAddress } from './ip-address.ts';
import { nearestName } from './nearest-name.ts';
import { whyNotAdminName } from './parse-admin-name.ts';
import { parsePasswordField } from './parse-password-field.ts';
import { parseGecos, parseHome, parseShell } from './parse-user-fields.ts';
import { whyNotUserName } from './parse-user-name.ts';
import { whyNotPlainName } from './profile-rules.ts';
import { parseServiceName } from './service-name.ts';

const uidRule = 'must be a whole number from 1000 on';

const userFields = {
  'full-name': v.optional(parsed(parseGecos)),
  shell: v.optional(parsed(parseShell)),
  home: v.optional(parsed(parseHome)),
  uid: v.optional(v.pipe(v.number(uidRule), v.integer(uidRule), v.minValue(1000, uidRule))),
  groups: v.optional(listOf(text(whyNotGroupName))),
  'password-hash': v.optional(parsed(parsePasswordField)),
};

const domainFields = {
  profiles: v.optional(
    v.pipe(
      listOf(
        v.pipe(
          v.string('must be text'),
          v.check((name) => whyNotPlainName(name) === undefined, 'must be the name of a profile'),
        ),
      ),
      v.minLength(1, 'must name at least one profile'),
    ),
  ),
  addresses: v.optional(listOf(parsed(parseIpAddress))),
  aliases: v.optional(listOf(parsed(parseDomainName))),
  admin: v.optional(text(whyNotAdminName)),
  services: v.optional(listOf(parsed(parseServiceName))),
  groups: v.optional(listOf(text(whyNotUserName)), []),
};

const user = v.object(userFields, 'must be a table');
const domain = v.object(domainFields, 'must be a table');

/** The keys of a declaration: of a domain, and of a user. */
export const declaredKeys = {
  domain: [...Object.keys(domainFields), 'users'],
  user: Object.keys(userFields),
} as const;

/**
 * Checks a declaration of a host, already read as TOML: tables `domains."NAME"` and below them `users.NAME`.
 * Throws BAD_CONFIG with every complaint at once.
 */
export function parseDeclaredHost(value: unknown, file: string): readonly DeclaredDomain[] {
  const complaints = new Set<string>();
  const { domains = {}, ...others } = tableOf(value, 'it', complaints);
  complainOfKeys(Object.keys(others), ['domains'], 'the top', complaints);
  const declared = Object.entries(tableOf(domains, 'domains', complaints)).map(([name, fields]) =>
    parseDomain(name, fields, complaints),
  );
  for (const each of listRepeated(declared)) complaints.add(`${escapeLines(each)} is there twice`);
  if (complaints.size === 0) return declared;
  throw new VirtfsError('BAD_CONFIG', {
    what: `cannot use ${escapeLines(file)}`,
    why: describeMistakes([...complaints]),
    mend: 'correct the file: man 5 virtfs-host; virtfs dump writes one from what is there, to begin with',
  });
}

function parseDomain(name: string, value: unknown, complaints: Set<string>): DeclaredDomain {
  const { users = {}, ...fields } = tableOf(value, shown(name), complaints);
  const parsedFields = parseFields(
    domain,
    fields,
    { where: shown(name), known: declaredKeys.domain },
    complaints,
  );
  const { profiles, addresses, aliases, admin, services, groups = [] } = parsedFields ?? {};
  const known = Object.entries(tableOf(users, `users of ${shown(name)}`, complaints)).map(([each, its]) =>
    parseUser(each, its, shown(name), complaints),
  );
  for (const group of groups) {
    if (known.some((each) => each.name === group))
      complaints.add(
        `the group ${group} of ${shown(name)} has the name of a user, who has a group of his own`,
      );
  }
  return {
    domain: parseName(name, complaints),
    profiles,
    addresses: once(addresses, 'addresses', name, complaints),
    aliases: once(aliases, 'aliases', name, complaints),
    admin,
    services: services && [...new Set(services)],
    groups: [...new Set(groups)],
    users: known,
  };
}

function parseUser(name: string, value: unknown, domainName: string, complaints: Set<string>): DeclaredUser {
  const where = `${shown(name)} of ${domainName}`;
  const wrong = whyNotUserName(name);
  if (wrong !== undefined) complaints.add(`the user '${shown(name)}' of ${domainName}: ${wrong}`);
  const fields = parseFields(
    user,
    tableOf(value, where, complaints),
    { where, known: declaredKeys.user },
    complaints,
  );
  const { shell, home, uid, groups } = fields ?? {};
  return {
    name,
    fullName: fields?.['full-name'],
    shell,
    home,
    uid,
    // His own is his anyway.
    groups: groups && [...new Set(groups)].filter((group) => group !== name),
    passwordHash: fields?.['password-hash'],
  };
}

/** undefined where a field is wrong, which is among the complaints then. */
function parseFields<T>(
  schema: v.GenericSchema<unknown, T>,
  table: Readonly<Record<string, unknown>>,
  { where, known }: { readonly where: string; readonly known: readonly string[] },
  complaints: Set<string>,
): T | undefined {
  const inside = Object.keys(table).find((key) => !known.includes(key) && isTable(table[key]));
  if (inside === undefined) complainOfKeys(Object.keys(table), known, where, complaints);
  else
    complaints.add(
      `'${shown(inside)}' cannot be below ${where}: a name with dots stands in quotes, "one.org"`,
    );
  const result = v.safeParse(schema, table);
  if (result.success) return result.output;
  for (const issue of result.issues) {
    complaints.add(`${escapeLines(v.getDotPath(issue) ?? 'it')} of ${where} ${issue.message}`);
  }
  return undefined;
}

function tableOf(value: unknown, where: string, complaints: Set<string>): Readonly<Record<string, unknown>> {
  if (isTable(value)) return value;
  complaints.add(`${where} must be a table`);
  return {};
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  // A date is an object too, and so is a list.
  return Object.prototype.toString.call(value) === '[object Object]';
}

function complainOfKeys(
  keys: readonly string[],
  known: readonly string[],
  where: string,
  complaints: Set<string>,
): void {
  for (const key of keys.filter((each) => !known.includes(each))) {
    const near = nearestName(key, known);
    const hint = near === undefined ? `there are ${known.join(', ')}` : `perhaps ${near} is meant`;
    complaints.add(`'${shown(key)}' is nothing ${where} can have: ${hint}`);
  }
}

function parseName(name: string, complaints: Set<string>): DomainName {
  try {
    return parseDomainName(name);
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    complaints.add(`'${shown(name)}' is no domain name: ${error.why}`);
    return name as DomainName;
  }
}

/** Two spellings of one address or name are one. */
function once<T extends string>(
  list: readonly T[] | undefined,
  key: string,
  name: string,
  complaints: Set<string>,
): readonly T[] | undefined {
  for (const each of list?.filter((other, at) => list.indexOf(other) !== at) ?? [])
    complaints.add(`${key} of ${shown(name)} has ${escapeLines(each)} twice`);
  return list && [...new Set(list)];
}

/** No two domains may have one name or address: the second would fail halfway. */
function listRepeated(domains: readonly DeclaredDomain[]): readonly string[] {
  const seen = new Set<string>();
  const all = domains.flatMap(({ domain: name, aliases = [], addresses = [] }) => [
    name,
    ...aliases,
    ...addresses,
  ]);
  return all.filter((each) => seen.size === seen.add(each).size);
}

function listOf<T>(item: v.GenericSchema<unknown, T>) {
  return v.array(item, 'must be a list');
}

function text(whyNot: (text: string) => string | undefined) {
  return v.pipe(
    v.string('must be text'),
    v.rawCheck(({ dataset, addIssue }) => {
      const wrong = dataset.typed ? whyNot(dataset.value) : undefined;
      if (wrong !== undefined) addIssue({ message: `is wrong: ${wrong}` });
    }),
  );
}

function parsed<T>(parse: (text: string) => T) {
  return v.pipe(
    v.string('must be text'),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        if (!(error instanceof VirtfsError)) throw error;
        addIssue({ message: `is wrong: ${error.why}` });
        return NEVER;
      }
    }),
  );
}

function whyNotGroupName(name: string): string | undefined {
  return /^[a-z_][a-z0-9_.-]{0,31}$/u.test(name) ? undefined : 'a group is named with a-z, 0-9, _, . and -';
}

function shown(name: string): string {
  return escapeLines(name).slice(0, 80);
}
