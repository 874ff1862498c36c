import {
  addConfLine,
  type ConfLine,
  isSameDirectory,
  parseConf,
  removeConfLines,
  renameConfDirectory,
} from '../domain/conf-lines.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import { changeConfFiles, confDirectories } from '../engine/conf-files.ts';
import type { StateDir } from '../engine/state-dir.ts';

export interface ConfChange {
  /** The paths by which the root of trees is known: lines are written by hand too. */
  readonly roots: readonly string[];
  readonly domain: DomainName;
  /** Aliases that may stand in lines. */
  readonly aliases: readonly DomainName[];
  readonly goneAliases: readonly DomainName[];
  readonly added: readonly IpAddress[];
  readonly gone: readonly IpAddress[];
}

export interface ConfOutcome {
  /** Names of the files that were written. */
  readonly changed: readonly string[];
  /** Sentences: what is worth knowing. */
  readonly notices: readonly string[];
  /** Sentences: what could not be done. */
  readonly problems: readonly string[];
}

/**
 * Brings the lines of one domain in all files `conf.SERVICE` in line with its addresses and names. Only files that have
 * a line of the domain are touched: which services a domain has is for the administrator to say.
 */
export function changeConfLines(state: StateDir, change: ConfChange): ConfOutcome {
  const notices: string[] = [];
  const problems: string[] = [];
  const { roots, domain, aliases, goneAliases } = change;
  const directories = confDirectories(roots, [domain, ...aliases, ...goneAliases]);
  const outcome = changeConfFiles(state, (text, name) => {
    const { lines, complaints } = parseConf(text);
    const own = lines.find((line) => isOneOf(line, directories));
    if (own === undefined) return text;
    for (const { line, why } of complaints) notices.push(`${name}, line ${line}, is left as it is: ${why}`);
    const edited = edit(text, change, directories);
    for (const address of edited.refused) {
      problems.push(
        `${name} gives ${address} to another directory: change that line, then run the same command again`,
      );
    }
    if (!parseConf(edited.text).lines.some((line) => isOneOf(line, directories))) {
      notices.push(`${name} has no line for ${domain} any more`);
    }
    return edited.text;
  });
  return { changed: outcome.changed, notices, problems: [...outcome.problems, ...problems] };
}

interface Edited {
  readonly text: string;
  /** Addresses that another directory has. */
  readonly refused: readonly IpAddress[];
}

function edit(before: string, change: ConfChange, directories: readonly string[]): Edited {
  const { roots, domain, goneAliases, added, gone } = change;
  let text = before;
  for (const root of roots) {
    const [to = ''] = confDirectories([root], [domain]);
    for (const from of confDirectories([root], goneAliases)) text = renameConfDirectory(text, from, to);
  }
  // A new line names the tree as the lines of the domain do.
  const spelling = parseConf(text).lines.find((line) => isOneOf(line, directories))?.directory ?? '';
  const refused: IpAddress[] = [];
  for (const address of gone) {
    for (const directory of directories) text = removeConfLines(text, directory, address);
  }
  for (const address of added) {
    const isThere = parseConf(text).lines.some(
      (line) => line.address === address && line.shared === undefined && isOneOf(line, directories),
    );
    if (isThere) continue;
    const more = addConfLine(text, address, spelling);
    if (more === undefined) refused.push(address);
    else text = more;
  }
  return { text, refused };
}

function isOneOf({ directory }: ConfLine, directories: readonly string[]): boolean {
  return directories.some((each) => isSameDirectory(each, directory));
}
