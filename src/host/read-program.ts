import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parseElf } from '../closure/parse-elf.ts';
import { interpreterLineBytes, parseInterpreterLine } from '../closure/parse-interpreter-line.ts';
import type { ProgramFacts } from '../domain/program-facts.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';

const headSize = 4096;

// A FIFO must not hold us up, a terminal not become ours, a link not lead elsewhere.
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

/**
 * How the kernel would run the file at `path`, read by a few small reads and without running anything. `data` for what
 * is not a regular file, is a symbolic link, or is not there. Throws NEEDS_ROOT where the file may not be read.
 */
export function readProgram(path: string): ProgramFacts {
  const fd = openIfAny(path);
  if (fd === undefined) return { kind: 'data' };
  try {
    return fstatSync(fd).isFile() ? readOpenProgram(fd) : { kind: 'data' };
  } catch (error) {
    throw explainErrno(error, `cannot read ${escapeLines(path)}`);
  } finally {
    closeSync(fd);
  }
}

function openIfAny(path: string): number | undefined {
  try {
    return openSync(path, flags);
  } catch (error) {
    // ELOOP: a link. ENXIO: a socket, or a device nobody serves.
    const absent = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENODEV', 'ENAMETOOLONG'];
    if (absent.some((name) => isErrno(error, name))) return undefined;
    throw explainErrno(error, `cannot read ${escapeLines(path)}`);
  }
}

// Whole folders of programs are read one after another: a buffer for each file would keep the collector busy.
// What is read is turned into facts before the next file is.
const scratch = Buffer.allocUnsafeSlow(65_536);

function readOpenProgram(fd: number): ProgramFacts {
  let used = 0;
  const readAt = (offset: number, length: number): Uint8Array => {
    const isRoom = used + length <= scratch.length;
    const buffer = isRoom ? scratch.subarray(used, used + length) : Buffer.allocUnsafe(length);
    if (isRoom) used += length;
    return buffer.subarray(0, readSync(fd, buffer, 0, length, offset));
  };
  const head = readAt(0, headSize);
  if (head[0] === 0x23 && head[1] === 0x21)
    return parseInterpreterLine(head.subarray(0, interpreterLineBytes));
  if (head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) return { kind: 'data' };
  return parseElf((offset, length) =>
    offset === 0 && length <= headSize ? head.subarray(0, length) : readAt(offset, length),
  );
}
