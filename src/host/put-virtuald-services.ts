import { closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../domain/settings.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { tryLock } from '../linux/files.ts';
import { putHostFile } from './put-host-file.ts';
import { readConfigFile } from './read-config-file.ts';
import { readServiceTemplates, type ServiceTemplate } from './read-service-templates.ts';
import { readToml } from './read-toml.ts';
import { readVirtualdFile } from './read-virtuald-services.ts';

export interface SetUpServices {
  /** The file: `/etc/virtfs/virtuald.toml`. */
  readonly path: string;
  /** What was not there, with the text that stands for it now. */
  readonly added: readonly ServiceTemplate[];
  /** What was there, and is as it was. */
  readonly kept: readonly string[];
}

const head = `# The services of virtuald: virtuald.toml(5). It reads this file again when it gets a HUP.
`;

/**
 * Writes the services into virtuald.toml, as virtfs brings them, behind all that is there; what is there stays byte for
 * byte. With `dryRun` it only says so. Throws BAD_USAGE for a service that virtfs does not bring, BAD_CONFIG for a file
 * that is wrong or cannot be added to, NEEDS_ROOT.
 */
export async function putVirtualdServices(
  settings: Pick<Settings, 'configDir'>,
  names: readonly string[],
  { dryRun, signal }: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<SetUpServices> {
  const templates = readServiceTemplates();
  const wanted = names.map((name) => templates.get(name) ?? unknown(name, [...templates.keys()]));
  if (dryRun) return planServices(settings, wanted);
  makeFolder(settings.configDir);
  const fd = openSync(settings.configDir, 'r');
  try {
    while (!tryLock(fd)) await sleep(20, undefined, { signal }).catch(() => signal.throwIfAborted());
    const planned = await planServices(settings, wanted);
    const before = readConfigFile(planned.path) ?? head;
    const after = [before.replace(/\n*$/u, '\n'), ...planned.added.map(({ text }) => text)].join('\n');
    if (planned.added.length === 0) return planned;
    // A table that was written on one line takes no more keys: then nothing is written.
    await readToml(after, `${planned.path} with ${planned.added.map(({ name }) => name).join(', ')} added`);
    putWhereItIs(planned.path, after);
    return planned;
  } finally {
    closeSync(fd);
  }
}

async function planServices(
  settings: Pick<Settings, 'configDir'>,
  wanted: readonly ServiceTemplate[],
): Promise<SetUpServices> {
  const { path, services } = await readVirtualdFile(settings);
  return {
    path,
    added: wanted.filter(({ name }) => !services.has(name)),
    kept: wanted.flatMap(({ name }) => (services.has(name) ? [name] : [])),
  };
}

/** A link stays one, and a mode that somebody chose stays too. */
function putWhereItIs(path: string, text: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) putHostFile(path, text, 0o644);
  else putHostFile(realpathSync(path), text, found.mode & 0o777);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw explainErrno(error, `cannot make ${folder}`);
  }
}

function unknown(name: string, known: readonly string[]): never {
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot set up the service '${escapeLines(name).slice(0, 80)}'`,
    why: `virtfs brings ${known.join(', ')}`,
    mend: 'write any other into virtuald.toml yourself: man 5 virtuald.toml',
  });
}
