import type { AccountFiles } from '../domain/account-lines.ts';
import { cloneAccounts } from '../domain/clone-accounts.ts';
import { mapId } from '../domain/map-id.ts';
import type { DomainRecord, UidRange } from '../domain/record.ts';
import { putAccountFiles } from '../engine/account-files.ts';
import type { CloneRules } from '../engine/clone-rules.ts';
import { CloneTally } from '../engine/clone-tally.ts';
import { CloneWriter } from '../engine/clone-writer.ts';
import { FileDataCopier } from '../engine/copy-file-data.ts';
import { copyOwnData } from '../engine/copy-own-data.ts';
import { HeldTree } from '../engine/held-tree.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import { openTree } from '../engine/open-tree.ts';
import { readAccounts } from '../engine/read-accounts.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { Plan } from '../manifest/plan.ts';
import { treePath } from '../manifest/tree-path.ts';
import { decideClone, isGoneInClone } from '../plan/decide-clone.ts';
import { cloneNotices } from './clone-notices.ts';
import type { CloneCounts } from './clone-request.ts';
import { pace } from './pace.ts';

export interface CloneDataRequest {
  readonly root: TreesRoot;
  readonly source: DomainRecord;
  /** What virtfs laid in the source's tree, by path. */
  readonly before: ReadonlyMap<string, ManifestEntry>;
  /** The new tree's. */
  readonly plan: Plan;
  readonly uids: UidRange;
  /** Undefined to count only. */
  readonly into: { readonly tree: HeldTree; readonly withoutPasswords: boolean } | undefined;
  readonly signal: AbortSignal;
  /** Told now and then. */
  readonly onProgress: (tally: CloneCounts) => void;
}

export interface ClonedData {
  readonly copied: CloneCounts;
  readonly notices: readonly string[];
}

/**
 * Copies what a domain has of its own into a new tree in the stage. Throws TREE_UNSAFE for a source whose top or whose
 * account files are not plain, NO_SPACE, IO_ERROR, and the signal's reason.
 */
export async function cloneData(request: CloneDataRequest): Promise<ClonedData> {
  const { root, source, into, onProgress } = request;
  using from = new HeldTree(openTree(root, source.domain));
  const tally = new CloneTally();
  const between = reporting(pace(request.signal), () => onProgress(tally));
  const rules = rulesOf(request);
  const writer = into && new CloneWriter(into.tree.fd, new FileDataCopier(between), rules.mapId);
  try {
    await copyOwnData({
      from: from.fd,
      into: into && writer && { fd: into.tree.fd, writer },
      rules,
      tally,
      between,
    });
  } catch (error) {
    throw explainErrno(error, `cannot copy what ${source.domain} has`);
  }
  const leftOut = putAccounts(request, from);
  into?.tree.rest();
  const { files, folders, links, bytes } = tally;
  const notices = cloneNotices(source, tally, leftOut, (into?.tree ?? from).fd);
  return { copied: { files, folders, links, bytes }, notices };
}

function rulesOf({ source, before, plan, uids }: CloneDataRequest): CloneRules {
  const entries = [...plan.layer, ...plan.own].flatMap((section) => section.entries);
  const after = new Map<string, ManifestEntry['type']>(entries.map(({ path, type }) => [path, type]));
  return {
    before,
    choose: (path, found) =>
      decideClone({ path, found, before: before.get(path)?.type, after: after.get(path) }),
    isGone: (path) => after.has(path) && isGoneInClone(path),
    mapId: (id) => mapId(id, source.uids, uids),
  };
}

/** Names of accounts that could not come along. */
function putAccounts({ source, uids, plan, into }: CloneDataRequest, from: HeldTree): readonly string[] {
  const planned = plannedAccounts(plan);
  const { files, leftOut } = cloneAccounts({
    source: readAccounts(from.fd),
    planned,
    mapId: (id) => mapId(id, source.uids, uids),
    withoutPasswords: into?.withoutPasswords ?? false,
  });
  if (into === undefined) return leftOut;
  const etc = into.tree.dir(treePath('etc'));
  putAccountFiles(etc, planned, files, ['group', 'gshadow', 'shadow', 'passwd']);
  return leftOut;
}

function plannedAccounts(plan: Plan): AccountFiles {
  const entries = new Map(
    plan.own.flatMap((section) => section.entries).map((entry) => [entry.path as string, entry]),
  );
  const text = (name: string): string => {
    const entry = entries.get(`etc/${name}`);
    if (entry?.type !== 'file' || !('text' in entry.source)) throw new Error(`etc/${name} is not planned`);
    return Buffer.from(entry.source.text).toString('latin1');
  };
  return { passwd: text('passwd'), group: text('group'), shadow: text('shadow'), gshadow: text('gshadow') };
}

/** Tells how far it is whenever it pauses. */
function reporting(
  between: () => Promise<void> | undefined,
  report: () => void,
): () => Promise<void> | undefined {
  return () => {
    const pause = between();
    if (pause !== undefined) report();
    return pause;
  };
}
