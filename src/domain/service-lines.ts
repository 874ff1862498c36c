import { addConfLine, type ConfKey, isSameDirectory, parseConf, removeConfLines } from './conf-lines.ts';
import type { IpAddress } from './ip-address.ts';

/** By what a domain is to have a service. */
export interface ServiceWish {
  /** The path of its tree, for new lines where it has none yet. */
  readonly directory: string;
  /** All paths by which lines may name its tree. */
  readonly directories: readonly string[];
  readonly addresses: readonly IpAddress[];
  /** It also gets what no line is for. */
  readonly asDefault: boolean;
  /** The service tells domains by the name a TLS client asks for, so that a domain needs no address of its own. */
  readonly sni: boolean;
}

export interface EnabledLines {
  readonly text: string;
  /** What the domain has lines for now and had not. */
  readonly added: readonly ConfKey[];
  /** What a line gives to another directory: nothing is added then. */
  readonly refused: readonly { readonly key: ConfKey; readonly directory: string }[];
}

/**
 * The text of a file `conf.SERVICE` in which the domain has a line for each of its addresses. Every other byte stays.
 * undefined where there is nothing a line could be for.
 */
export function enableConfLines(text: string, wish: ServiceWish): EnabledLines | undefined {
  const keys = keysOf(wish);
  if (keys.length === 0) return undefined;
  const { lines } = parseConf(text);
  const own = lines.filter(({ directory }) => isOneOf(directory, wish.directories));
  const missing = keys.filter((key) => !own.some(({ address, shared }) => address === key && !shared));
  const refused = missing.flatMap((key) => {
    const other = lines.find(({ address }) => address === key);
    return other === undefined || key === 'sni' ? [] : [{ key, directory: other.directory }];
  });
  if (refused.length > 0) return { text, added: [], refused };
  const directory = own[0]?.directory ?? wish.directory;
  const after = missing.reduce((before, key) => addConfLine(before, key, directory) ?? before, text);
  return { text: after, added: missing, refused: [] };
}

export interface DisabledLines {
  readonly text: string;
  /** What the domain had lines for. */
  readonly removed: readonly ConfKey[];
}

/** The text without the lines of a domain. Every other byte stays. */
export function disableConfLines(text: string, directories: readonly string[]): DisabledLines {
  const own = parseConf(text).lines.filter(({ directory }) => isOneOf(directory, directories));
  return {
    text: directories.reduce((before, directory) => removeConfLines(before, directory), text),
    removed: [...new Set(own.map(({ address }) => address))],
  };
}

function keysOf({ addresses, asDefault, sni }: ServiceWish): readonly ConfKey[] {
  const keys: readonly ConfKey[] = [...addresses, ...(asDefault ? (['default'] as const) : [])];
  return keys.length === 0 && sni ? ['sni'] : keys;
}

function isOneOf(directory: string, directories: readonly string[]): boolean {
  return directories.some((each) => isSameDirectory(each, directory));
}
