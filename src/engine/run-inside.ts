import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { execProgram } from '../linux/exec-program.ts';

export interface InsideProgram {
  /** The program's name, looked up on `path`, or a path of the tree when it holds a slash. */
  readonly name: Uint8Array;
  /** Everything after the name. */
  readonly args: readonly Uint8Array[];
  /** What the program is told that it is called, where that is not its name. */
  readonly calledAs?: Uint8Array;
  /** The whole environment: `NAME=value`. */
  readonly env: readonly string[];
  /** Folders of the tree, colon between them. */
  readonly path: string;
}

/**
 * Becomes a program of the tree the thread has entered, with execvp(3)'s way of finding it.
 * Throws PROGRAM_NOT_FOUND (127) or PROGRAM_NOT_RUNNABLE (126), as a shell would end.
 */
export function runInside(program: InsideProgram): never {
  const env = program.env.map((each) => Buffer.from(each));
  const args = [program.calledAs ?? program.name, ...program.args];
  let denied: VirtfsError | undefined;
  for (const candidate of candidates(program)) {
    if (!isThere(candidate)) continue;
    const error = execProgram({ path: candidate, args, env });
    if (isErrno(error, 'ENOENT') && !isThere(candidate)) continue;
    if (isErrno(error, 'ENOTDIR')) continue;
    const reason = notRunnable(candidate, error);
    if (!isErrno(error, 'EACCES')) throw reason;
    denied ??= reason;
  }
  throw denied ?? notFound(program);
}

function candidates({ name, path }: InsideProgram): readonly Uint8Array[] {
  if (name.length === 0) return [];
  if (name.includes(0x2f)) return [name];
  return path.split(':').map((folder) => Buffer.concat([Buffer.from(`${folder}/`), name]));
}

function isThere(path: Uint8Array): boolean {
  try {
    return statSync(Buffer.from(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    // What keeps us from looking keeps exec(2) from running, which says why.
    return true;
  }
}

function notFound({ name, path }: InsideProgram): VirtfsError {
  const shown = escapeLines(Buffer.from(name).toString());
  return new VirtfsError('PROGRAM_NOT_FOUND', {
    what: `cannot run '${shown}'`,
    why: name.includes(0x2f) ? 'the tree has no such file' : `the tree has no such program in ${path}`,
    mend: `if the host has it, make the domain with a profile that holds ${shown || 'it'}: virtfs profiles`,
  });
}

// biome-ignore format: a table
const whys: Readonly<Record<string, string>> = {
  EACCES:  'it is not an executable file, or not for this user',
  ENOEXEC: 'it is neither a program for this machine nor a script that begins with #!',
  E2BIG:   'its arguments are longer than the system takes',
  ETXTBSY: 'something is writing to it',
  ELOOP:   'it is a link that leads to itself, or to too many others',
  ENAMETOOLONG: 'its name is longer than a name may be',
};

function notRunnable(path: Uint8Array, error: NodeJS.ErrnoException): VirtfsError {
  const why = error.code === 'ENOENT' ? missingInterpreter(path) : (whys[error.code ?? ''] ?? error.message);
  return new VirtfsError('PROGRAM_NOT_RUNNABLE', {
    what: `cannot run ${escapeLines(Buffer.from(path).toString())}`,
    why,
    mend: 'look at it from the host with ls -l and file, in the folder of the tree',
    cause: error,
  });
}

/** exec(2) answers ENOENT for a file that is there when what it needs to be run is not. */
function missingInterpreter(path: Uint8Array): string {
  const first = readBeginning(path);
  const interpreter = /^#![ \t]*(?<program>[^ \t\n\0]+)/u.exec(first)?.groups?.program;
  if (interpreter !== undefined)
    return `the tree lacks the interpreter its first line names: ${escapeLines(interpreter)}`;
  return 'the tree lacks the dynamic loader (ld.so) the program names';
}

function readBeginning(path: Uint8Array): string {
  try {
    const fd = openSync(Buffer.from(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const bytes = Buffer.alloc(256);
    const size = readSync(fd, bytes);
    closeSync(fd);
    return bytes.toString('latin1', 0, size);
  } catch {
    // It may be run and not read; the message is then the general one.
    return '';
  }
}
