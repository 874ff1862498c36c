import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** One line of a file `conf.SERVICE`: connections to `address` go to the tree `directory`. */
export interface ConfLine {
  /** From 1. */
  readonly line: number;
  /** `default` is for connections that no other line is for. */
  readonly address: IpAddress | 'default';
  readonly directory: string;
}

/** A line that cannot be read. Edits leave it as it is. */
export interface ConfComplaint {
  /** From 1. */
  readonly line: number;
  readonly why: string;
}

export interface Conf {
  readonly lines: readonly ConfLine[];
  readonly complaints: readonly ConfComplaint[];
}

/**
 * Reads a file by which virtuald finds the tree of a connection: a line is `ADDRESS DIRECTORY`, separated by white
 * space, with `default` for an address in one of them. What follows a word that begins with `#` is a comment. The first
 * line of an address counts; a second one that says otherwise is a complaint.
 */
export function parseConf(text: string): Conf {
  const seen = new Map<string, ConfLine>();
  const lines: ConfLine[] = [];
  const complaints: ConfComplaint[] = [];
  for (const { text: line, number } of splitLines(text)) {
    const read = readLine(line);
    if (read === undefined) continue;
    if (typeof read === 'string') {
      complaints.push({ line: number, why: read });
      continue;
    }
    const { address, directory } = read;
    const first = seen.get(address);
    if (first !== undefined && !isSameDirectory(first.directory, directory)) {
      complaints.push({ line: number, why: `line ${first.line} gives ${address} to another directory` });
      continue;
    }
    const whole = { line: number, address, directory };
    if (first === undefined) seen.set(address, whole);
    lines.push(whole);
  }
  return { lines, complaints };
}

/**
 * `text` with a line that gives `address` to `directory`, behind the last line of that directory or else at the end.
 * The same text when such a line is there; undefined when the address is another directory's.
 */
export function addConfLine(
  text: string,
  address: ConfLine['address'],
  directory: string,
): string | undefined {
  const { lines } = parseConf(text);
  const taken = lines.find((line) => line.address === address);
  if (taken !== undefined) return isSameDirectory(taken.directory, directory) ? text : undefined;
  const last = lines.findLast((line) => isSameDirectory(line.directory, directory))?.line;
  const parts = splitLines(text);
  const index = last ?? parts.length;
  const before = parts.slice(0, index).map(({ text, end }) => text + (end || '\n'));
  // A last line without its line break stays one.
  const end = last === parts.length && parts.at(-1)?.end === '' ? '' : '\n';
  const after = parts.slice(index).map(({ text, end }) => text + end);
  return [...before, `${address} ${directory}${end}`, ...after].join('');
}

/** `text` without the lines that give an address, or this `address` alone, to `directory`. */
export function removeConfLines(text: string, directory: string, address?: ConfLine['address']): string {
  const isGone = ({ text }: Part): boolean => {
    const read = readLine(text);
    if (typeof read !== 'object' || !isSameDirectory(read.directory, directory)) return false;
    return address === undefined || read.address === address;
  };
  const parts = splitLines(text);
  return parts.some(isGone)
    ? parts
        .filter((part) => !isGone(part))
        .map(({ text, end }) => text + end)
        .join('')
    : text;
}

/** `text` with the directory `to` wherever a line has the directory `from`, white space and comments as they were. */
export function renameConfDirectory(text: string, from: string, to: string): string {
  return splitLines(text)
    .map(({ text, end }) => {
      const read = readLine(text);
      if (typeof read !== 'object' || !isSameDirectory(read.directory, from)) return text + end;
      return text.slice(0, read.start) + to + text.slice(read.start + read.directory.length) + end;
    })
    .join('');
}

/** True when both words name the same directory: one slash more, or a last one, makes no difference. */
export function isSameDirectory(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(path: string): string {
  return path.replace(/\/+/gu, '/').replace(/(?<=.)\/$/u, '');
}

interface Part {
  readonly text: string;
  /** The line break, or nothing behind the last line. */
  readonly end: '\n' | '';
  /** From 1. */
  readonly number: number;
}

function splitLines(text: string): readonly Part[] {
  const texts = text.split('\n');
  const parts = texts.map(
    (line, index): Part => ({
      text: line,
      end: index < texts.length - 1 ? '\n' : '',
      number: index + 1,
    }),
  );
  return texts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

interface ReadLine {
  readonly address: ConfLine['address'];
  readonly directory: string;
  /** Where the directory stands in the line. */
  readonly start: number;
}

/** undefined for a line that says nothing, a text for what is wrong with it. */
function readLine(line: string): ReadLine | string | undefined {
  const words = [...line.matchAll(/[^ \t\r\v\f]+/gu)];
  const comment = words.findIndex(([word]) => word.startsWith('#'));
  const [first, second, third] = comment === -1 ? words : words.slice(0, comment);
  if (first === undefined) return undefined;
  if (second === undefined) return `'${shown(first[0])}' has no directory behind it`;
  if (third !== undefined) return `'${shown(third[0])}' is one word too many: ADDRESS DIRECTORY`;
  if (!second[0].startsWith('/')) return `the directory '${shown(second[0])}' does not begin with /`;
  const address = readAddress(first[0]);
  if (address === undefined) return `'${shown(first[0])}' is neither an IP address nor default`;
  return { address, directory: second[0], start: second.index };
}

function readAddress(word: string): ConfLine['address'] | undefined {
  if (word === 'default') return word;
  try {
    return parseIpAddress(word);
  } catch (error) {
    if (error instanceof VirtfsError) return undefined;
    throw error;
  }
}

function shown(word: string): string {
  return escapeLines(word).slice(0, 80);
}
