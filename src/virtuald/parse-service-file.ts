import { describeMistakes } from '../domain/describe-mistakes.ts';
import { type DomainName, parseDomainName } from '../domain/domain-name.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { parseServiceName } from '../domain/service-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { completeService, standardGraceMs, standardStatusSocket } from './complete-service.ts';
import { isTable } from './key-kinds.ts';
import { describeListenAddress } from './parse-listen-address.ts';
import { type KeyContext, type KeyScope, type PolicyKey, policyKeys, type Said } from './policy-keys.ts';
import type { Service } from './service.ts';

/** What virtuald.toml(5) says, whole. */
export interface ServerSettings {
  /** One at least, in the order of the file. */
  readonly services: readonly Service[];
  /** How long running services get to end after TERM. */
  readonly graceMs: number;
  readonly statusSocket: string;
}

/** Where the file is, for the message, and what some values need. */
export interface ServiceFileContext extends KeyContext {
  readonly file: string;
}

/** Checks what a TOML reader made of virtuald.toml. Throws BAD_CONFIG with every mistake at once, each with its key. */
export function parseServiceFile(value: unknown, context: ServiceFileContext): ServerSettings {
  const walk: Walk = { context, mistakes: [] };
  const { service, ...top } = tableOf(value, '', walk);
  const said = readKeys(top, ['server'], { path: [], others: ['service'] }, walk);
  const tables = Object.entries(service === undefined ? {} : tableOf(service, 'service', walk));
  const services = tables.flatMap(([name, table]) => readService(name, table, walk));
  if (tables.length === 0) walk.mistakes.push('there is no service: a table [service.NAME] says one');
  complainOfClashes(services, walk);
  if (walk.mistakes.length === 0) {
    const { graceMs = standardGraceMs, statusSocket = standardStatusSocket } = said;
    return { services, graceMs, statusSocket };
  }
  throw new VirtfsError('BAD_CONFIG', {
    what: `cannot use ${escapeLines(context.file)}`,
    why: describeMistakes(walk.mistakes),
    mend: 'correct the file: man 5 virtuald.toml',
  });
}

interface Walk {
  readonly context: ServiceFileContext;
  readonly mistakes: string[];
}

/** Nothing where it cannot be made; why is among the mistakes then. */
function readService(name: string, value: unknown, walk: Walk): readonly Service[] {
  const path = ['service', name];
  const where = describePath(path);
  const wrong = whyNot(parseServiceName, name);
  if (wrong !== undefined) walk.mistakes.push(`${where}: ${wrong}`);
  const { domain, ...own } = tableOf(value, where, walk);
  const said = readKeys(own, ['service', 'policy'], { path, others: ['domain'] }, walk);
  const domains = readDomains(domain, [...path, 'domain'], walk);
  const { program } = said;
  if (program === undefined) {
    if (!Object.hasOwn(own, 'program')) walk.mistakes.push(`${where} has no program`);
    return [];
  }
  return [completeService({ name, program, root: walk.context.root }, said, domains)];
}

function readDomains(value: unknown, path: readonly string[], walk: Walk): ReadonlyMap<DomainName, Said> {
  const domains = new Map<DomainName, Said>();
  if (value === undefined) return domains;
  for (const [name, table] of Object.entries(tableOf(value, describePath(path), walk))) {
    const here = [...path, name];
    // [service.x.domain.one.org] is a table `org` in `one`.
    if (!name.includes('.') && isTable(table) && Object.values(table).some(isTable)) {
      walk.mistakes.push(`${describePath(here)}: a name with dots stands in quotes, "one.org"`);
      continue;
    }
    const wrong = whyNot(parseDomainName, name);
    if (wrong !== undefined) walk.mistakes.push(`${describePath(here)} is no domain name: ${wrong}`);
    const said = readKeys(
      tableOf(table, describePath(here), walk),
      ['policy'],
      { path: here, others: [] },
      walk,
    );
    if (wrong !== undefined) continue;
    const domain = parseDomainName(name);
    if (domains.has(domain)) walk.mistakes.push(`${describePath(here)} is there twice`);
    domains.set(domain, said);
  }
  return domains;
}

/** Why `parse` refuses the text; undefined where it does not. */
function whyNot(parse: (text: string) => string, text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof VirtfsError) return error.why;
    throw error;
  }
}

interface KeyPlace {
  readonly path: readonly string[];
  /** Keys that are no values, and were read already. */
  readonly others: readonly string[];
}

function readKeys(
  table: Readonly<Record<string, unknown>>,
  scopes: readonly KeyScope[],
  { path, others }: KeyPlace,
  walk: Walk,
): Said {
  const said: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(table)) {
    const key = policyKeys.find((each) => each.name === name);
    const where = describePath([...path, name]);
    if (key === undefined || !scopes.includes(key.scope)) {
      walk.mistakes.push(`${where} ${describeUnknown(name, key, scopes, others)}`);
      continue;
    }
    const read = key.kind.fromToml(value, walk.context);
    if ('value' in read) said[key.field] = read.value;
    else for (const { at, rule } of read.wrong) walk.mistakes.push(`${where}${at} ${rule}`);
  }
  return said;
}

function describeUnknown(
  name: string,
  key: PolicyKey | undefined,
  scopes: readonly KeyScope[],
  others: readonly string[],
): string {
  if (key !== undefined) {
    if (key.scope === 'server') return 'stands at the top of the file, before the first table';
    return key.scope === 'service'
      ? 'is of a service, not of one domain or of all'
      : 'is of a service or one domain';
  }
  const known = policyKeys.filter(({ scope }) => scopes.includes(scope)).map((each) => each.name);
  const near = nearestName(name, [...known, ...others]);
  return near === undefined ? 'is no key of virtuald.toml' : `is no key, perhaps ${near} is meant`;
}

/** Two services cannot listen in one place; an address alone and all addresses are two places for the kernel to tell. */
function complainOfClashes(services: readonly Service[], walk: Walk): void {
  const seen = new Map<string, string>();
  for (const { name, listen } of services) {
    for (const each of listen) {
      const place = describeListenAddress(each);
      const first = seen.get(place);
      const both = first === name ? `${name} twice` : `both ${first} and ${name}`;
      if (first === undefined) seen.set(place, name);
      else walk.mistakes.push(`${place} is where ${both} would listen`);
    }
  }
}

function tableOf(value: unknown, where: string, walk: Walk): Readonly<Record<string, unknown>> {
  if (isTable(value)) return value;
  walk.mistakes.push(`${where === '' ? 'it' : where} must be a table`);
  return {};
}

/** As TOML would write it: `service.ftp.domain."one.org".max`. */
function describePath(path: readonly string[]): string {
  return path
    .map((each) => (/^[\w-]+$/u.test(each) ? each : `"${escapeLines(each).slice(0, 80)}"`))
    .join('.');
}
