import type { DomainFacts, RootFacts, TreesFacts } from '../../domain/machine-facts.ts';
import { openTreesRoot } from '../../engine/open-root.ts';
import { probeLinkMethod } from '../../engine/probe-link-method.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { HostComparison } from '../../host/compare-with-host.ts';
import { inspectFileSystem } from '../../host/inspect-file-system.ts';
import { ManifestReader } from '../../host/manifest-reader.ts';
import { measureStore } from '../../host/measure-store.ts';
import type { TreeManifest } from '../../host/read-manifest.ts';
import { listDomains, readRecord } from '../../host/read-records.ts';
import { findExpiry, readTrash } from '../../host/read-trash.ts';
import type { Layer } from '../../manifest/manifest.ts';

/** Looks at one root of trees, as far as it may be seen. `trashDays` is how long removed trees are kept. */
export async function inspectRoot(root: string, trashDays: number): Promise<RootFacts> {
  const { state, link } = inspectState(root);
  const isSeen = state.type === 'usable' && process.geteuid?.() === 0;
  const trees = isSeen ? await inspectTrees(root, trashDays) : undefined;
  return { root, state, disk: inspectFileSystem(root), link, trees };
}

function inspectState(root: string): Pick<RootFacts, 'state' | 'link'> {
  try {
    using opened = openTreesRoot(root, { make: false });
    const link = probeLinkMethod(opened.fd);
    return { state: { type: 'usable', isOpenToOthers: opened.isOpenToOthers() }, link };
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    return { state: stateOf(error), link: undefined };
  }
}

function stateOf({ code, why, mend }: VirtfsError): RootFacts['state'] {
  if (code === 'PATH_MISSING') return { type: 'missing' };
  return code === 'NEEDS_ROOT' ? { type: 'unseen' } : { type: 'refused', why, mend };
}

async function inspectTrees(root: string, trashDays: number): Promise<TreesFacts> {
  const unreadable: string[] = [];
  const reader = new ManifestReader(root);
  const behind = new BehindCounter(root);
  const domains: DomainFacts[] = [];
  const outdated = new Map<string, number>();
  for (const domain of listDomains(root).domains) {
    const record = await readable(unreadable, () => readRecord(root, domain));
    const tree = await readable(unreadable, (): Promise<TreeManifest | undefined> => reader.read(domain));
    const files = tree === undefined ? 0 : behind.count(tree.layer);
    if (files > 0) outdated.set(domain, files);
    if (record === undefined) continue;
    const { uids, link } = record;
    const isHeld = tree?.manifest.held === true;
    domains.push({
      domain,
      uids,
      link,
      isHeld,
      hasSetId: tree !== undefined && hasSetId(tree.layer),
    });
  }
  const trash = (await readable(unreadable, () => readTrash(root))) ?? [];
  const { objects, mostNames } = measureStore(root);
  return {
    domains,
    unreadable,
    outdated,
    storeObjects: objects,
    mostNames,
    trash: trash.map((each) => ({
      domain: each.domain,
      removed: each.removed,
      expires: findExpiry(each, trashDays)?.toISOString(),
    })),
  };
}

/** What cannot be read is noted, and the rest looked at all the same. */
async function readable<T>(unreadable: string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    unreadable.push(error.message);
    return undefined;
  }
}

/** Counts the files of layers that are others on the host now, for each layer once. */
class BehindCounter {
  readonly #comparison: HostComparison;
  readonly #counts = new WeakMap<Layer, number>();

  constructor(root: string) {
    this.#comparison = new HostComparison(root);
  }

  count(layer: Layer): number {
    const known = this.#counts.get(layer);
    if (known !== undefined) return known;
    const behind = layer.entries.filter(
      (entry) =>
        entry.type === 'file' &&
        entry.from !== undefined &&
        this.#comparison.compare({ ...entry, from: entry.from }) !== 'current',
    ).length;
    this.#counts.set(layer, behind);
    return behind;
  }
}

function hasSetId({ entries }: Layer): boolean {
  return entries.some(({ type, mode = '0' }) => type === 'file' && (Number.parseInt(mode, 8) & 0o6000) !== 0);
}
