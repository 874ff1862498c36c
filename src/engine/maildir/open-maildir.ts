import { closeSync, constants, fstatSync, fsyncSync } from 'node:fs';
import { isErrno } from '../../errors/virtfs-error.ts';
import { makeDirAt, openBeneath, openDirBeneath } from '../../linux/files.ts';
import { NotAMaildir } from './not-a-maildir.ts';

export interface MaildirChoice {
  /** Whose it must be. */
  readonly uid: number;
  /** `.Name` of Maildir++; where there is none of that name, mail goes to the inbox. */
  readonly folder: string | undefined;
}

/** A maildir held open: what is renamed afterwards does not lead a delivery elsewhere. */
export class Maildir implements Disposable {
  /** Of the whole mailbox: `maildirsize` is there. */
  readonly root: number;
  readonly tmp: number;
  readonly new: number;
  /** Below the home: `Maildir` or `Maildir/.Name`. */
  readonly path: string;
  readonly #all: readonly number[];

  constructor(fds: Record<'root' | 'tmp' | 'new', number>, path: string, all: readonly number[]) {
    this.root = fds.root;
    this.tmp = fds.tmp;
    this.new = fds.new;
    this.path = path;
    this.#all = all;
  }

  [Symbol.dispose](): void {
    for (const fd of this.#all) closeSync(fd);
  }
}

/**
 * Opens `Maildir` in the open directory `home`, and the chosen folder in it, with `tmp` and `new`; what of them is
 * missing, but for the folder, is made (0700) and on disk. Each is a directory of its own right that belongs to the
 * user; a link, a FIFO, a file or what belongs to somebody else is a NotAMaildir. Works with the permissions the
 * calling thread has (`withFileIdentity`). Throws the system's errors.
 */
export function openMaildir(home: number, { uid, folder }: MaildirChoice): Maildir {
  const all: number[] = [];
  const keep = (fd: number): number => {
    all.push(fd);
    return fd;
  };
  const open = (dir: number, name: string): number => requireOwn(keep(openOwnDir(dir, name)), uid, name);
  try {
    const root = openOrMake(home, 'Maildir', open);
    const chosen =
      folder === undefined ? undefined : unlessMissing(() => open(root, requireFolderName(folder)));
    const box = chosen ?? root;
    const tmp = unlessMissing(() => open(box, 'tmp')) ?? makeParts(box, open);
    const path = chosen === undefined ? 'Maildir' : `Maildir/${folder}`;
    return new Maildir({ root, tmp, new: openOrMake(box, 'new', open) }, path, all);
  } catch (error) {
    for (const fd of all) closeSync(fd);
    throw error;
  }
}

type Open = (dir: number, name: string) => number;

function openOrMake(dir: number, name: string, open: Open): number {
  const found = unlessMissing(() => open(dir, name));
  if (found !== undefined) return found;
  makeDirs(dir, [name]);
  return open(dir, name);
}

/** `tmp` comes last: where it is, the others were made too. */
function makeParts(box: number, open: Open): number {
  makeDirs(box, ['cur', 'new', 'tmp']);
  return open(box, 'tmp');
}

function makeDirs(dir: number, names: readonly string[]): void {
  for (const name of names) makeOne(dir, name);
  // `dir` may be a handle only.
  const fd = openDirBeneath(dir, '.');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function makeOne(dir: number, name: string): void {
  try {
    makeDirAt(dir, name, 0o700);
  } catch (error) {
    // Another delivery made it; and who is wrong there is told when it is opened.
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

function openOwnDir(dir: number, name: string): number {
  try {
    return openBeneath(dir, name, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, 'ELOOP')) throw new NotAMaildir(`${name} of the mailbox is a link`, { cause: error });
    if (isErrno(error, 'ENOTDIR'))
      throw new NotAMaildir(`${name} of the mailbox is not a directory`, { cause: error });
    throw error;
  }
}

function requireOwn(fd: number, uid: number, name: string): number {
  const owner = fstatSync(fd).uid;
  if (owner !== uid) throw new NotAMaildir(`${name} of the mailbox belongs to user ${owner}, not ${uid}`);
  return fd;
}

/** A name that is one step below the maildir, whatever a caller believed. */
function requireFolderName(folder: string): string {
  if (/^\.[^./][^/]*$/u.test(folder) && !folder.includes('\0')) return folder;
  throw new NotAMaildir('the folder has a name that Maildir++ does not know');
}

function unlessMissing(open: () => number): number | undefined {
  try {
    return open();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
