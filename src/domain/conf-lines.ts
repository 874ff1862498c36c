import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

/**
 * What a line of a file `conf.SERVICE` is for: an address; `default`, for connections that no other line is for; `sni`, for
 * a tree that no address leads to, but the name that a TLS client asks for.
 */
export type ConfKey = IpAddress | 'default' | 'sni';

/** One line of a file `conf.SERVICE`: connections to `address` go to the tree `directory`. */
export interface ConfLine {
  /** From 1. */
  readonly line: number;
  readonly address: ConfKey;
  readonly directory: string;
  /**
   * An earlier line gives `address` to another directory, and that one counts: this line only names a tree that TLS
   * clients may ask for by its name.
   */
  readonly shared?: true;
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
 * space, with `default` or `sni` for an address. What follows a word that begins with `#` is a comment. The first line of
 * an address counts; a later one that says otherwise is `shared`.
 */
export function parseConf(text: string): Conf {
  const seen = new Map<ConfKey, string>();
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
    const first = address === 'sni' ? directory : (seen.get(address) ?? directory);
    seen.set(address, first);
    const whole = { line: number, address, directory };
    lines.push(isSameDirectory(first, directory) ? whole : { ...whole, shared: true });
  }
  return { lines, complaints };
}

/**
 * `text` with a line that gives `address` to `directory`, behind the last line of that directory or else at the end.
 * The same text when such a line is there; undefined when the address is another directory's.
 */
export function addConfLine(text: string, address: ConfKey, directory: string): string | undefined {
  const { lines } = parseConf(text);
  const ofAddress = lines.filter((line) => line.address === address && line.shared === undefined);
  if (ofAddress.some((line) => isSameDirectory(line.directory, directory))) return text;
  if (ofAddress.length > 0 && address !== 'sni') return undefined;
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
export function removeConfLines(text: string, directory: string, address?: ConfKey): string {
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
  return a === b || plainDirectory(a) === plainDirectory(b);
}

/** The one spelling of all that `isSameDirectory` takes for the same. */
export function plainDirectory(path: string): string {
  // Nearly all are so already, and there may be a thousand of them, each compared with all.
  if (!path.includes('//') && !path.endsWith('/')) return path;
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
  readonly address: ConfKey;
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
  if (address === undefined) return `'${shown(first[0])}' is neither an IP address nor default nor sni`;
  return { address, directory: second[0], start: second.index };
}

function readAddress(word: string): ConfKey | undefined {
  if (word === 'default' || word === 'sni') return word;
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
