import { posix } from 'node:path';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { capabilityNames, numberOfCapability } from './capability-names.ts';
import { parseNetwork } from './network.ts';
import { type FindPort, parseListenAddress } from './parse-listen-address.ts';
import { parseResourceLimit, resourceNames } from './resource-limits.ts';
import type { ListenAddress, Network, ResourceLimit } from './service.ts';

/** What some values can be read with only. */
export interface KeyContext {
  /** The root of trees: relative files are there. */
  readonly root: string;
  readonly findPort: FindPort;
}

/** A mistake in a value: `at` is the item (`.2`, `.nofile`) or nothing, `rule` goes on with `must be …` or the like. */
export interface Wrong {
  readonly at: string;
  readonly rule: string;
}

export type ReadValue<T> = { readonly value: T } | { readonly wrong: readonly Wrong[] };

/** One kind of value: how a file says it, and how a flag does. */
export interface ValueKind<T> {
  /** The word for it in help; undefined for a flag that takes none. */
  readonly argument: string | undefined;
  /** A flag of this kind adds one item to what the flags before it said. */
  readonly repeats: boolean;
  fromToml(value: unknown, context: KeyContext): ReadValue<T>;
  fromWord(word: string, before: T | undefined, context: KeyContext): ReadValue<T>;
}

/** What a count may be: more is a slip of the finger, and some of it costs memory. */
const mostCount = 1_000_000;

export const atLeastOne = 'at least one';

export const booleanKind: ValueKind<boolean> = {
  argument: undefined,
  repeats: false,
  fromToml: (value) => (typeof value === 'boolean' ? { value } : wrong('must be true or false')),
  fromWord: () => ({ value: true }),
};

export function countKind(least: number): ValueKind<number> {
  return wholeKind(least, mostCount);
}

export function wholeKind(least: number, most: number): ValueKind<number> {
  return numberKind('N', (value) =>
    Number.isInteger(value) && value >= least && value <= most
      ? { value }
      : wrong(`must be a whole number from ${least} to ${most}`),
  );
}

/** Seconds as people say them, fractions too, for milliseconds. The most is what timers of the system can hold. */
export function secondsKind(least: number, most = 2_000_000): ValueKind<number> {
  return numberKind('SECONDS', (value) =>
    value >= least && value <= most
      ? { value: Math.round(value * 1000) }
      : wrong(`must be a number of seconds from ${least} to ${most}`),
  );
}

/** The same, or the word `unlimited`, which a domain needs to be rid of what its service says. */
export function unlimited(kind: ValueKind<number>): ValueKind<number | undefined> {
  const orUnlimited = (read: ReadValue<number>): ReadValue<number | undefined> =>
    'value' in read
      ? read
      : { wrong: read.wrong.map(({ at, rule }) => ({ at, rule: `${rule}, or unlimited` })) };
  return {
    ...kind,
    fromToml: (value, context) =>
      value === 'unlimited' ? { value: undefined } : orUnlimited(kind.fromToml(value, context)),
    fromWord: (word, _, context) =>
      word === 'unlimited' ? { value: undefined } : orUnlimited(kind.fromWord(word, undefined, context)),
  };
}

export function pathKind(place: 'absolute' | 'below the root'): ValueKind<string> {
  const read = (value: unknown, { root }: KeyContext): ReadValue<string> => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
    if (typeof value !== 'string' || value === '' || /[\u0000-\u001f\u007f]/u.test(value))
      return wrong('must be a path');
    if (place === 'below the root') return { value: posix.resolve(root, value) };
    if (!value.startsWith('/')) return wrong('must be an absolute path');
    // sun_path of unix(7), with a final zero.
    if (Buffer.byteLength(value) > 107) return wrong('must be a path of at most 107 bytes');
    return { value: posix.normalize(value) };
  };
  return {
    argument: 'PATH',
    repeats: false,
    fromToml: read,
    fromWord: (word, _, context) => read(word, context),
  };
}

export const programKind: ValueKind<readonly [string, ...string[]]> = {
  argument: 'WORD',
  repeats: true,
  fromToml: (value) => readProgram(value),
  fromWord: (word, before = [] as never) => readProgram([...before, word]),
};

function readProgram(value: unknown): ReadValue<readonly [string, ...string[]]> {
  const rule = 'must be a list of texts: the program, and its arguments';
  if (!Array.isArray(value)) return wrong(rule);
  const bad = value.flatMap((word, index) =>
    typeof word !== 'string' || word.includes('\0')
      ? [{ at: `.${index}`, rule: 'must be text without NUL' }]
      : [],
  );
  if (bad.length > 0) return { wrong: bad };
  const [name, ...args] = value as readonly string[];
  return name === undefined || name === '' ? wrong(rule) : { value: [name, ...args] };
}

export const userKind: ValueKind<string | undefined> = {
  argument: 'USER',
  repeats: false,
  fromToml: readUser,
  fromWord: (word) => readUser(word),
};

function readUser(value: unknown): ReadValue<string | undefined> {
  const text = typeof value === 'number' ? String(value) : value;
  const isUser =
    typeof text === 'string' &&
    (/^\d+$/u.test(text) ? Number(text) <= 0xff_ff_ff_fe : /^[A-Za-z_][\w.-]{0,63}\$?$/u.test(text));
  if (!isUser) return wrong('must be the name or number of a user');
  return { value: text === 'root' || Number(text) === 0 ? undefined : text };
}

export const refusalKind: ValueKind<Uint8Array> = {
  argument: 'TEXT',
  repeats: false,
  fromToml: readRefusal,
  // Shells pass `\r\n` on as it is typed.
  fromWord: (word) => {
    const signs: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };
    const unknown = [...word.matchAll(/\\(.?)/gsu)].find(([, sign = '']) => signs[sign] === undefined);
    if (unknown !== undefined)
      return wrong(String.raw`may hold \r, \n, \t and \\, and no other sign behind a \ `.trim());
    return readRefusal(word.replace(/\\(.)/gsu, (_, sign: string) => signs[sign] ?? ''));
  },
};

function readRefusal(value: unknown): ReadValue<Uint8Array> {
  // What fits into a socket's buffer for sure: nobody waits for a refused client.
  const most = 1024;
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : undefined;
  return bytes !== undefined && bytes.length <= most
    ? { value: bytes }
    : wrong(`must be text of at most ${most} bytes`);
}

export function networksKind(howMany: 'any' | typeof atLeastOne): ValueKind<readonly Network[]> {
  const list = listKind('NETWORK', (item) => byText(item, parseNetwork));
  return {
    ...list,
    fromToml: (value, context) =>
      howMany === atLeastOne && Array.isArray(value) && value.length === 0
        ? wrong('must name at least one network: leave it out to let all in')
        : list.fromToml(value, context),
  };
}

export const listenKind: ValueKind<readonly ListenAddress[]> = listKind('ADDRESS', (item, { findPort }) =>
  byText(typeof item === 'number' ? String(item) : item, (text) => parseListenAddress(text, findPort)),
);

export const capabilitiesKind: ValueKind<readonly number[] | undefined> = {
  argument: 'NAME',
  repeats: true,
  fromToml: (value, context) => capabilityList.fromToml(value, context),
  fromWord: (word, before, context) =>
    word === 'none' && before === undefined ? { value: [] } : capabilityList.fromWord(word, before, context),
};

const capabilityList: ValueKind<readonly number[]> = listKind('NAME', (item) => {
  const value = typeof item === 'string' ? numberOfCapability(item) : undefined;
  return value === undefined
    ? wrong(`must be one that a tree may have: ${capabilityNames.join(', ')}`)
    : { value };
});

export const limitsKind: ValueKind<readonly ResourceLimit[]> = {
  argument: 'NAME=N',
  repeats: true,
  fromToml: (table) => {
    if (!isTable(table)) return wrong('must be a table, such as { nofile = 1024 }');
    return joinItems(
      Object.entries(table).map(([name, value]) => [`.${escapeLines(name)}`, readLimit(name, value)]),
    );
  },
  fromWord: (word, before = []) => {
    const [name = '', number = '', ...others] = word.split('=');
    if (number === '' || others.length > 0) return wrong('must be NAME=N, such as nofile=1024');
    const read = readLimit(name, numberOf(number) ?? number);
    if ('wrong' in read) return read;
    if (before.some(({ resource }) => resource === read.value.resource))
      return wrong(`says ${escapeLines(name)} twice`);
    return { value: [...before, read.value] };
  },
};

function readLimit(name: string, value: unknown): ReadValue<ResourceLimit> {
  const read = parseResourceLimit(name, value);
  if (typeof read === 'object') return { value: read };
  return wrong(
    read === 'unknown'
      ? `is no limit: there are ${resourceNames.join(', ')}`
      : `must be ${read === 'whole' ? 'a whole number' : 'a whole number, or "unlimited"'}`,
  );
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  // A date is an object too, and so is a list.
  return Object.prototype.toString.call(value) === '[object Object]';
}

function listKind<T>(
  argument: string,
  readItem: (item: unknown, context: KeyContext) => ReadValue<T>,
): ValueKind<readonly T[]> {
  return {
    argument,
    repeats: true,
    fromToml: (value, context) =>
      Array.isArray(value)
        ? joinItems(value.map((item: unknown, index) => [`.${index}`, readItem(item, context)]))
        : wrong('must be a list'),
    fromWord: (word, before = [], context) => {
      const read = readItem(word, context);
      return 'wrong' in read ? read : { value: [...before, read.value] };
    },
  };
}

function joinItems<T>(
  items: readonly (readonly [at: string, read: ReadValue<T>])[],
): ReadValue<readonly T[]> {
  const mistakes = items.flatMap(([at, read]) =>
    'wrong' in read ? read.wrong.map((each) => ({ at: at + each.at, rule: each.rule })) : [],
  );
  if (mistakes.length > 0) return { wrong: mistakes };
  return { value: items.flatMap(([, read]) => ('value' in read ? [read.value] : [])) };
}

function byText<T>(value: unknown, parse: (text: string) => T): ReadValue<T> {
  if (typeof value !== 'string') return wrong('must be text');
  try {
    return { value: parse(value) };
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    return wrong(`is wrong: ${error.message}`);
  }
}

function numberKind(argument: string, check: (value: number) => ReadValue<number>): ValueKind<number> {
  const read = (value: unknown): ReadValue<number> => check(typeof value === 'number' ? value : Number.NaN);
  return { argument, repeats: false, fromToml: read, fromWord: (word) => read(numberOf(word)) };
}

function numberOf(word: string): number | undefined {
  return /^-?\d+(?:\.\d+)?$/u.test(word) ? Number(word) : undefined;
}

function wrong(rule: string): { readonly wrong: readonly Wrong[] } {
  return { wrong: [{ at: '', rule }] };
}
