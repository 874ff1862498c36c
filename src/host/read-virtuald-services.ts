import { basename, dirname, join } from 'node:path';
import { isConfName } from '../domain/service-name.ts';
import type { Settings } from '../domain/settings.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfigFile } from './read-config-file.ts';

/** What of a service in virtuald.toml others than virtuald look at. */
export interface KnownService {
  readonly name: string;
  /** The file of addresses and trees, as it is written there. */
  readonly conf: string | undefined;
  /** The program it starts: a path inside the tree, or a name. */
  readonly program: string | undefined;
  /** It tells domains by the name a TLS client asks for. */
  readonly sni: boolean;
}

export interface VirtualdFile {
  readonly path: string;
  readonly isThere: boolean;
  readonly services: ReadonlyMap<string, KnownService>;
  /** Where a running virtuald can be asked. */
  readonly statusSocket: string;
}

/**
 * The services of virtuald.toml. Whether they are right in all else is for virtuald to say. Throws BAD_CONFIG for a file
 * that is no TOML or that others may write.
 */
export async function readVirtualdFile({ configDir }: Pick<Settings, 'configDir'>): Promise<VirtualdFile> {
  const path = join(configDir, 'virtuald.toml');
  const text = readConfigFile(path);
  if (text === undefined) return { path, isThere: false, services: new Map(), statusSocket };
  const { readToml } = await import('./read-toml.ts');
  const value = tableOf(await readToml(text, path));
  const services = Object.entries(tableOf(value.service)).map(
    ([name, fields]) => [name, readService(name, tableOf(fields))] as const,
  );
  const socket = textOf(value['status-socket']) ?? statusSocket;
  return { path, isThere: true, services: new Map(services), statusSocket: socket };
}

const statusSocket = '/run/virtfs/virtuald.sock';

/**
 * The name of the file in `root` that holds the lines of a service: conf.SERVICE where virtuald.toml does not say
 * otherwise. Throws BAD_CONFIG where it names a file that virtfs does not keep.
 */
export function confNameOf(known: VirtualdFile, service: string, root: string): string {
  const conf = known.services.get(service)?.conf;
  const name = conf === undefined ? `conf.${service}` : keptName(conf, root);
  if (name !== undefined) return name;
  throw new VirtfsError('BAD_CONFIG', {
    what: `cannot change the lines of ${service}`,
    why: `${known.path} has them in ${escapeLines(conf ?? '')}, and virtfs keeps only files conf.NAME in ${root}`,
    mend: 'change that file yourself, or let virtuald.toml name another',
  });
}

/** The services whose lines are in the file `name` of `root`, by virtuald.toml, or else by its name. */
export function servicesOfConf(known: VirtualdFile, name: string, root: string): readonly string[] {
  const named = [...known.services.values()]
    .filter((service) => keptName(service.conf ?? `conf.${service.name}`, root) === name)
    .map((service) => service.name);
  return named.length > 0 ? named : [name.slice('conf.'.length)];
}

function keptName(conf: string, root: string): string | undefined {
  const name = conf.startsWith('/') && dirname(conf) === root ? basename(conf) : conf;
  return isConfName(name) ? name : undefined;
}

function readService(name: string, fields: Readonly<Record<string, unknown>>): KnownService {
  const [program] = Array.isArray(fields.program) ? fields.program : [];
  return { name, conf: textOf(fields.conf), program: textOf(program), sni: fields.sni === true };
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
