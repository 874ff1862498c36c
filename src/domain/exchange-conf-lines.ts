import {
  addConfLine,
  isSameDirectory,
  parseConf,
  removeConfLines,
  renameConfDirectory,
} from './conf-lines.ts';
import type { IpAddress } from './ip-address.ts';

/** What of the lines of one domain is to be another. */
export interface ConfExchange {
  /** By which lines name its tree: its own path, those of its names now and before. */
  readonly directories: readonly string[];
  /** Paths of names it gives up, each with the path that takes its place. */
  readonly renamed: readonly (readonly [from: string, to: string])[];
  readonly added: readonly IpAddress[];
  readonly gone: readonly IpAddress[];
}

export interface ExchangedConf {
  readonly text: string;
  /** Addresses that a line gives to a directory none of these is. */
  readonly refused: readonly IpAddress[];
}

/**
 * The text of a file `conf.SERVICE` after several domains changed their addresses and names at once. Only domains that
 * have a line in `before` get lines: which services a domain has is for the administrator to say. All give up before
 * any takes, so that two may exchange their only addresses and keep their services.
 */
export function exchangeConfLines(before: string, exchanges: readonly ConfExchange[]): ExchangedConf {
  const { lines } = parseConf(before);
  const served = exchanges.flatMap((exchange) => {
    const line = lines.find((each) => isOneOf(each.directory, exchange.directories));
    return line === undefined ? [] : [{ exchange, directory: spellingOf(line.directory, exchange) }];
  });
  let text = served.reduce((each, { exchange }) => giveUp(each, exchange), before);
  const refused: IpAddress[] = [];
  for (const { exchange, directory } of served) {
    for (const address of exchange.added) {
      if (has(text, address, exchange.directories)) continue;
      const more = addConfLine(text, address, directory);
      if (more === undefined) refused.push(address);
      else text = more;
    }
  }
  return { text, refused };
}

function giveUp(before: string, { renamed, gone, directories }: ConfExchange): string {
  const text = renamed.reduce((each, [from, to]) => renameConfDirectory(each, from, to), before);
  const lines = gone.flatMap((address) => directories.map((directory) => ({ address, directory })));
  return lines.reduce((each, { address, directory }) => removeConfLines(each, directory, address), text);
}

/** A new line names the tree as the lines of the domain do. */
function spellingOf(directory: string, { renamed }: ConfExchange): string {
  return renamed.find(([from]) => isSameDirectory(from, directory))?.[1] ?? directory;
}

function has(text: string, address: IpAddress, directories: readonly string[]): boolean {
  return parseConf(text).lines.some(
    (line) => line.address === address && line.shared === undefined && isOneOf(line.directory, directories),
  );
}

function isOneOf(directory: string, directories: readonly string[]): boolean {
  return directories.some((each) => isSameDirectory(each, directory));
}
