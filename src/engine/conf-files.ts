import { closeSync, constants, fstatSync, fsyncSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { isConfName } from '../domain/service-name.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';
import { listDir } from '../linux/list-dir.ts';
import { heldPath } from './held-path.ts';
import { putFromStage } from './put-from-stage.ts';
import type { StateDir } from './state-dir.ts';

/** More than a line for each address a machine can have; beyond it, it is no file of ours. */
const mostBytes = 16 * 1024 * 1024;

export interface ChangedConf {
  /** Names of the files that were written: `conf.ftp`. */
  readonly changed: readonly string[];
  /** Sentences: what was not changed and needs a hand. */
  readonly problems: readonly string[];
}

/** Text in which each byte of the file is one character, so that what is not touched stays byte for byte. */
export type ConfEdit = (text: string, name: string) => string;

/**
 * Lets `edit` change each file `conf.SERVICE` in the root of trees: see domain/conf-lines.ts. One that differs is
 * replaced whole, and is on the disk when this returns. A file that root does not own, or a link, is left as it is and
 * named among the problems. The lock must be held, the umask 0. Throws NO_SPACE, READ_ONLY, IO_ERROR.
 */
export function changeConfFiles(state: StateDir, edit: ConfEdit): ChangedConf {
  const changed: string[] = [];
  const problems: string[] = [];
  for (const name of listConfNames(state.rootFd)) {
    try {
      const found = readConf(state.rootFd, name);
      if (found === undefined) continue;
      if (typeof found === 'string') {
        problems.push(found);
        continue;
      }
      const text = edit(found.text, name);
      if (text === found.text) continue;
      putFromStage(state, state.rootFd, { name, content: Buffer.from(text, 'latin1'), mode: found.mode });
      changed.push(name);
    } catch (error) {
      throw explainErrno(error, `cannot change ${name} in the root of trees`);
    }
  }
  if (changed.length > 0) fsyncSync(state.rootFd);
  return { changed, problems };
}

/**
 * Lets `edit` change one file `conf.SERVICE` in the root of trees, which is made, mode 0644, where it is not there and
 * gets a text. True when it was written, and then it is on the disk. The lock must be held, the umask 0. Throws PATH_TAKEN
 * where something else has the name or others than root may write it, NO_SPACE, READ_ONLY, IO_ERROR.
 */
export function changeConfFile(state: StateDir, name: string, edit: (text: string) => string): boolean {
  try {
    const found = readConf(state.rootFd, name) ?? newConf(state.rootFd, name);
    if (typeof found === 'string') throw confTaken(name, found);
    const text = edit(found.text);
    if (text === found.text) return false;
    putFromStage(state, state.rootFd, { name, content: Buffer.from(text, 'latin1'), mode: found.mode });
    fsyncSync(state.rootFd);
    return true;
  } catch (error) {
    throw explainErrno(error, `cannot change ${name} in the root of trees`);
  }
}

function newConf(rootFd: number, name: string): FoundConf | string {
  const found = lstatSync(heldPath(rootFd, name), { throwIfNoEntry: false });
  if (found === undefined) return { text: '', mode: 0o644 };
  return `something that is no file has the name ${name}`;
}

function confTaken(name: string, why: string): VirtfsError {
  return new VirtfsError('PATH_TAKEN', {
    what: `cannot change ${name} in the root of trees`,
    why,
    mend: 'then run the same command again',
  });
}

/** The paths by which lines of conf files may name the trees `names`, spelled as `ConfEdit` spells text. */
export function confDirectories(roots: readonly string[], names: readonly string[]): readonly string[] {
  const paths = roots.flatMap((root) => names.map((name) => `${root === '/' ? '' : root}/${name}`));
  return [...new Set(paths.map((path) => Buffer.from(path).toString('latin1')))];
}

function listConfNames(rootFd: number): readonly string[] {
  return listDir(rootFd)
    .map(({ name }) => name)
    .filter(isConfName)
    .sort();
}

interface FoundConf {
  readonly text: string;
  readonly mode: number;
}

/** A text says why the file is to be left alone; undefined: it is none, a tree `conf.org` for one. */
function readConf(rootFd: number, name: string): FoundConf | string | undefined {
  const found = lstatSync(heldPath(rootFd, name), { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) {
    const target = statSync(heldPath(rootFd, name), { throwIfNoEntry: false });
    return target?.isFile()
      ? `${name} is a link, which virtfs does not follow: look at its lines yourself`
      : undefined;
  }
  if (!found?.isFile()) return undefined;
  const fd = openBeneath(rootFd, name, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const { uid, mode, size } = fstatSync(fd);
    if (uid !== 0 || (mode & 0o022) !== 0) {
      return `${name} belongs to or can be written by others than root, and is left alone: chown root ${name}; chmod go-w ${name}`;
    }
    if (size > mostBytes) return `${name} is larger than ${mostBytes} bytes, and is left alone`;
    return { text: readFileSync(fd).toString('latin1'), mode: mode & 0o777 };
  } finally {
    closeSync(fd);
  }
}
