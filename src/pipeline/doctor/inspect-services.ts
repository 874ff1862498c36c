import { statSync } from 'node:fs';
import { connect } from 'node:net';
import type { Settings } from '../../domain/settings.ts';
import { isErrno, VirtfsError } from '../../errors/virtfs-error.ts';
import { type ConfFile, readConfFiles } from '../../host/read-conf-files.ts';
import { readVirtualdFile, servicesOfConf, type VirtualdFile } from '../../host/read-virtuald-services.ts';
import { type ListedService, listServices } from '../list-services.ts';

/** A file of addresses and trees, and what is odd about it. */
export interface ConfFacts extends ConfFile {
  readonly path: string;
  /** Directories of lines that are not there. */
  readonly missing: readonly string[];
  /** A service that reads it tells domains by name. */
  readonly sni: boolean;
}

/** What virtuald has to do here, as it was found. */
export interface ServiceFacts {
  readonly config:
    | { readonly type: 'missing'; readonly path: string }
    | { readonly type: 'wrong'; readonly why: string; readonly mend: string }
    | { readonly type: 'read'; readonly path: string; readonly services: readonly string[] };
  /** A virtuald answers at its status socket; undefined where that may not be seen. */
  readonly isRunning: boolean | undefined;
  readonly conf: readonly ConfFacts[];
  readonly listed: readonly ListedService[];
}

/** Looks at virtuald.toml, at all files conf.SERVICE, and whether a virtuald runs. */
export async function inspectServices(settings: Settings): Promise<ServiceFacts> {
  const { config, known } = await inspectConfig(settings);
  return {
    config,
    isRunning: await isAnswering(known.statusSocket),
    conf: settings.roots.flatMap((root) => inspectConf(root, known)),
    listed: settings.roots.flatMap((root) => readable(() => listServices(root, known)) ?? []),
  };
}

async function inspectConfig(
  settings: Settings,
): Promise<{ readonly config: ServiceFacts['config']; readonly known: VirtualdFile }> {
  try {
    const known = await readVirtualdFile(settings);
    const { path, isThere, services } = known;
    const config = isThere
      ? ({ type: 'read', path, services: [...services.keys()] } as const)
      : ({ type: 'missing', path } as const);
    return { config, known };
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    const { what, why, mend } = error;
    const none = await readVirtualdFile({ configDir: '/nonexistent' });
    return { config: { type: 'wrong', why: `${what}: ${why}`, mend }, known: none };
  }
}

function inspectConf(root: string, known: VirtualdFile): readonly ConfFacts[] {
  return (readable(() => readConfFiles(root)) ?? []).map((file) => {
    const name = `conf.${file.service}`;
    const directories = [...new Set(file.lines.map(({ directory }) => directory))];
    return {
      ...file,
      path: `${root}/${name}`,
      missing: directories.filter((directory) => !isDirectory(directory)),
      sni: servicesOfConf(known, name, root).some((service) => known.services.get(service)?.sni === true),
    };
  });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    // Where the folder above may not be looked into, nothing is known to be wrong.
    if (isErrno(error, 'EACCES')) return true;
    if (['ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].some((code) => isErrno(error, code))) return false;
    throw error;
  }
}

/** undefined where it cannot be read, which the rows of the root say. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VirtfsError) return undefined;
    throw error;
  }
}

function isAnswering(path: string): Promise<boolean | undefined> {
  return new Promise((done) => {
    const socket = connect(path);
    const end = (answer: boolean | undefined) => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(2000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', (error) => end(isErrno(error, 'EACCES') ? undefined : false));
  });
}
