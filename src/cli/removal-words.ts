import type { DomainName } from '../domain/domain-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { describeProcess, type TreeUsers } from '../pipeline/free-tree.ts';
import type { PurgedTree, RemovedTree } from '../pipeline/remove-request.ts';
import type { Fact } from './describe-facts.ts';
import { describeName } from './describe-name.ts';
import { describeCount, describeSize } from './describe-size.ts';

/** A domain that is to be removed, as somebody is asked about it. */
export interface Removal {
  readonly domain: DomainName;
  /** Of its tree; undefined when it is in the trash. */
  readonly path: string | undefined;
  readonly aliases: readonly DomainName[];
  readonly users: TreeUsers;
  /** When it was removed before: trees of it in the trash. */
  readonly trashed: readonly string[];
}

export function describeRemoval(
  { domain, path, aliases, users, trashed }: Removal,
  purge: boolean,
): readonly Fact[] {
  return [
    ['domain', describeName(domain)],
    ['tree', path === undefined ? 'in the trash' : escapeLines(path)],
    ['aliases', aliases.join(' ') || undefined],
    ['in use', users.processes.map(describeProcess)],
    ['mounted', users.mounts.map(({ path, type }) => escapeLines(`${path} (${type})`))],
    ['trash', purge ? trashed.map((removed) => `removed ${removed}`) : undefined],
  ];
}

/** What was done to one domain, in a sentence. `until` is the day after which the trash may lose it. */
export function describeRemoved(
  { domain, trash, aliases, confFiles, ended, detached }: RemovedTree,
  until: string | undefined,
): string {
  const parts = [
    aliases.length === 0 ? '' : `its aliases ${aliases.join(' ')}`,
    confFiles.length === 0 ? '' : `its lines in ${confFiles.join(' ')}`,
  ].filter(Boolean);
  const acts = [
    ended.length === 0 ? '' : `Ended ${describeCount(ended.length, 'program')}.`,
    detached.length === 0 ? '' : `Detached ${describeCount(detached.length, 'mount')}.`,
    `Removed ${[domain, ...parts].join(', ')}.`,
    trash === undefined
      ? ''
      : `It can come back${until === undefined ? '' : ` until ${until}`}: virtfs restore ${domain}`,
  ];
  return escapeLines(acts.filter(Boolean).join(' '));
}

export function describePurged({ domain, removed, entries, bytes }: PurgedTree): string {
  return `Deleted the tree of ${domain} removed ${removed}: ${describeCount(entries, 'entry', 'entries')}, ${describeSize(bytes)}.`;
}
