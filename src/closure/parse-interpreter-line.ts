import type { ProgramFacts } from '../domain/program-facts.ts';

/** Bytes of a file the kernel looks at to tell how to run it (BINPRM_BUF_SIZE). */
export const interpreterLineBytes = 256;

const newline = 10;
const space = 32;
const tab = 9;

/**
 * Reads a `#!` line as execve(2) does ("Interpreter scripts", fs/binfmt_script.c): 256 bytes count, spaces and tabs
 * around the words are dropped, everything behind the first word is one argument. `data` when the kernel would not
 * run it by this line: no `#!`, no name, or a name that may be cut off.
 */
export function parseInterpreterLine(start: Uint8Array): Extract<ProgramFacts, { kind: 'script' | 'data' }> {
  // The kernel's buffer is padded with NUL where the file is shorter.
  const buffer = new Uint8Array(interpreterLineBytes);
  buffer.set(start.subarray(0, interpreterLineBytes));
  if (buffer[0] !== 0x23 || buffer[1] !== 0x21) return { kind: 'data' };
  const end = endOfLine(buffer);
  if (end === undefined) return { kind: 'data' };

  const name = skip(buffer, 2, end);
  const nameEnd = endOfWord(buffer, name, end);
  const interpreter = text(buffer, name, nameEnd);
  if (interpreter === '') return { kind: 'data' };
  const argument = buffer[nameEnd] === 0 ? '' : text(buffer, skip(buffer, nameEnd, end), end);
  return { kind: 'script', interpreter, argument };
}

/** Where the line ends without its trailing blanks; undefined when the name may be cut off. */
function endOfLine(buffer: Uint8Array): number | undefined {
  const last = buffer.length - 1;
  let end = buffer.indexOf(newline);
  if (end === -1) {
    const name = skip(buffer, 2, last);
    if (endOfWord(buffer, name, last + 1) > last) return undefined;
    end = last;
  }
  while (end > 2 && isBlank(buffer[end - 1])) end -= 1;
  return end;
}

function skip(buffer: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(buffer[at])) at += 1;
  return at;
}

function endOfWord(buffer: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && !isBlank(buffer[at]) && buffer[at] !== 0) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === tab;
}

/** The C string that begins at `from`. */
function text(buffer: Uint8Array, from: number, end: number): string {
  const stop = buffer.subarray(from, end).indexOf(0);
  return decoder.decode(buffer.subarray(from, stop === -1 ? end : from + stop));
}

const decoder = new TextDecoder();
