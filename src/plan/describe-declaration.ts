import type { PresentDomain } from '../domain/declared-host.ts';
import { parseDeclaredHost } from '../domain/parse-declared-host.ts';
import { isSamePasswordField } from '../domain/parse-password-field.ts';
import type { PresentUser, TreeAccounts } from '../domain/tree-accounts.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { chooseAccounts, homeOf } from './choose-accounts.ts';
import { presentList } from './plan-host-changes.ts';

export interface DeclarationChoice {
  /** Password hashes too: a file with them is a secret. */
  readonly passwords: boolean;
  /** User ids too: good where the domains are, and nowhere else. */
  readonly ids: boolean;
}

export interface Declaration {
  /** In the shape that `parseDeclaredHost` reads. */
  readonly value: Record<string, unknown>;
  /** Sentences: what is there and cannot be declared. */
  readonly notices: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is there, as a declaration that `virtfs apply` finds nothing to do with here, and makes the same from elsewhere.
 * Left out is what a new domain or user gets anyway, and, which is said, what the people of a domain wrote into their
 * files that no declaration may hold.
 */
export function describeDeclaration(
  domains: readonly PresentDomain[],
  choice: DeclarationChoice,
): Declaration {
  const notices: string[] = [];
  const entries = domains.map((each) => {
    const { domain, profiles, addresses, admin } = each.record;
    if (each.trouble !== undefined) notices.push(each.trouble);
    const fields = {
      profiles: [...profiles],
      admin,
      ...listOf('addresses', addresses),
      ...listOf('aliases', presentList(each, 'aliases')),
      ...listOf('services', each.services),
      ...(each.accounts === undefined ? {} : describePeople(each, each.accounts, choice, notices)),
    };
    return [domain, fields] as const;
  });
  return { value: { domains: Object.fromEntries(entries) }, notices };
}

function describePeople(
  { record: { domain, admin } }: PresentDomain,
  accounts: TreeAccounts,
  choice: DeclarationChoice,
  notices: string[],
): Fields {
  const { uids, shell, people } = accounts;
  const laid = chooseAccounts({ system: { users: [], groups: [] }, admin, uids, shell });
  const ownGroups = listOwnGroups(accounts, new Set(laid.groups.map(({ name }) => name)));
  const groups = ownGroups.filter((group) => whyWrong(domain, { groups: [group] }) === undefined);
  const users = people.flatMap((user): [string, Fields][] => {
    const account = laid.users.find(({ name }) => name === user.name);
    const usual: Usual = {
      fullName: account?.gecos ?? '',
      shell: account?.shell ?? '/bin/false',
      home: account?.home ?? homeOf(user.name),
      groups: laid.groups.filter(({ members }) => members.includes(user.name)).map(({ name }) => name),
    };
    const isForeign = user.groups.some((group) => accounts.groups.get(group)?.kind === 'foreign');
    if (isForeign) notices.push(cannotHold(`the groups of ${short(user.name)} of ${domain}`));
    const joined = isForeign ? { ...user, groups: usual.groups } : user;
    const fields = describeUser(joined, usual, { ...choice, ids: choice.ids && account === undefined });
    // Every tree has them, and as they are.
    if (account !== undefined && Object.keys(fields).length === 0) return [];
    const kept = leaveOutWrong(domain, user.name, fields, notices);
    return kept === undefined ? [] : [[user.name, kept]];
  });
  for (const name of accounts.oddNames) notices.push(cannotHold(`the user '${short(name)}' of ${domain}`));
  for (const name of ownGroups.filter((each) => !groups.includes(each)))
    notices.push(cannotHold(`the group '${short(name)}' of ${domain}`));
  return { ...listOf('groups', groups), ...(users.length === 0 ? {} : { users: Object.fromEntries(users) }) };
}

/** What a user has when nothing is said of him. */
interface Usual {
  readonly fullName: string;
  readonly shell: string;
  readonly home: string;
  readonly groups: readonly string[];
}

function describeUser(user: PresentUser, usual: Usual, { ids, passwords }: DeclarationChoice): Fields {
  const { uid, fullName, shell, home, groups, passwordHash } = user;
  const isUsual =
    groups.length === usual.groups.length && groups.every((each) => usual.groups.includes(each));
  return {
    ...(ids ? { uid } : {}),
    ...(fullName === usual.fullName ? {} : { 'full-name': fullName }),
    ...(shell === usual.shell ? {} : { shell }),
    ...(home === usual.home ? {} : { home }),
    ...(isUsual ? {} : { groups: [...groups] }),
    ...(!passwords || isSamePasswordField(passwordHash, '!') ? {} : { 'password-hash': passwordHash }),
  };
}

/** Without the fields that could not be read again; undefined where it is the name itself. */
function leaveOutWrong(domain: string, name: string, fields: Fields, notices: string[]): Fields | undefined {
  if (whyWrong(domain, { users: { [name]: fields } }) === undefined) return fields;
  if (whyWrong(domain, { users: { [name]: {} } }) !== undefined) {
    notices.push(cannotHold(`the user '${short(name)}' of ${domain}`));
    return undefined;
  }
  const isRight = ([key, value]: readonly [string, unknown]) =>
    whyWrong(domain, { users: { [name]: { [key]: value } } }) === undefined;
  const entries = Object.entries(fields);
  for (const [key] of entries.filter((entry) => !isRight(entry)))
    notices.push(cannotHold(`the ${key} of ${short(name)} of ${domain}`));
  return Object.fromEntries(entries.filter(isRight));
}

function whyWrong(domain: string, fields: Fields): string | undefined {
  try {
    parseDeclaredHost({ domains: { [domain]: fields } }, '');
    return undefined;
  } catch (error) {
    if (error instanceof VirtfsError) return error.why;
    throw error;
  }
}

/** Those that do not come with a user or with every tree. */
function listOwnGroups({ groups, userNames }: TreeAccounts, laid: ReadonlySet<string>): readonly string[] {
  return [...groups]
    .filter(([name, { kind }]) => kind === 'own' && !userNames.has(name) && !laid.has(name))
    .map(([name]) => name);
}

function listOf(key: string, list: readonly string[]): Fields {
  return list.length === 0 ? {} : { [key]: [...list] };
}

function cannotHold(what: string): string {
  return `${what} is nothing a declaration can hold, and is left out`;
}

function short(name: string): string {
  return escapeLines(name).slice(0, 40);
}
