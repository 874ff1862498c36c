import type { FileFacts } from '../domain/file-facts.ts';
import type { LinkMethod } from '../domain/record.ts';
import { leadsSomewhere } from '../engine/leads-somewhere.ts';
import { type WalkEvent, type WalkedFolder, walkTree } from '../engine/walk-tree.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { statAt } from '../linux/stat-at.ts';
import { type ExpectedFolder, nameText } from '../manifest/expected-tree.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { Entries } from '../manifest/resolve-in-manifest.ts';
import { resolveInManifest } from '../manifest/resolve-in-manifest.ts';
import { decideDanger, decideDifferences, isRequired } from '../plan/decide-differences.ts';
import { FileCheck, type FileCheckPlaces } from './check-file.ts';
import type { FindingList } from './finding-list.ts';

/** A tree to look through, and what was laid there. */
export interface TreeToCheck {
  /** The open tree; it stays the caller's. */
  readonly fd: number;
  readonly link: LinkMethod;
  /** What its domains share, and what is its own; absent where that is not known. */
  readonly layer?: ExpectedFolder | undefined;
  readonly own?: ExpectedFolder | undefined;
  /** All of it by path, made when there is something to ask. */
  readonly entries: () => Entries;
}

export interface TreeCheckPlaces extends FileCheckPlaces {
  readonly between: () => Promise<void> | undefined;
}

/** Walks through a tree, and notes what is not as it was laid, or should be in no tree. Changes nothing. */
export async function checkTree(tree: TreeToCheck, places: TreeCheckPlaces): Promise<void> {
  const check = new TreeCheck(tree, places);
  for (const event of walkTree(tree.fd)) {
    check.take(event);
    if (event.type === 'leave') await places.between();
  }
  check.judgeLinks();
}

/** A folder the walk is in, and what is to be there. */
interface Level {
  readonly layer: ExpectedFolder | undefined;
  readonly own: ExpectedFolder | undefined;
  readonly seen: Set<string>;
  readonly isConfiguration: boolean;
}

type Found = Extract<WalkEvent, { type: 'found' }>;

class TreeCheck {
  readonly #tree: TreeToCheck;
  readonly #findings: FindingList;
  readonly #files: FileCheck;
  readonly #levels: Level[] = [];
  /** Laid links that lead nowhere. */
  readonly #dangling: ManifestEntry[] = [];

  constructor(tree: TreeToCheck, places: TreeCheckPlaces) {
    this.#tree = tree;
    this.#findings = places.findings;
    this.#files = new FileCheck(tree.link, places);
  }

  take(event: WalkEvent): void {
    switch (event.type) {
      case 'enter':
        this.#enter(event.folder);
        break;
      case 'found':
        this.#judge(event);
        break;
      case 'leave':
        this.#leave(event.folder, event.dirfd);
        break;
      case 'mount':
        this.#noteMount(event.folder, event.name);
        break;
      case 'deep': {
        const what = 'folders are nested in it deeper than is looked into';
        this.#findings.addStray({ kind: 'unread', path: pathOf(event.folder, event.name), what });
        break;
      }
    }
  }

  judgeLinks(): void {
    for (const { path } of this.#dangling) {
      const entries = this.#tree.entries();
      const leadsTo = resolveInManifest(entries, path, 'follow');
      // What leads to nothing that was laid leads to what is there only when a program runs, or led nowhere on the host.
      if (leadsTo === undefined || !entries.has(leadsTo)) continue;
      if (this.#findings.hasAbove(leadsTo, ['missing', 'wrong-type'])) continue;
      this.#findings.add({
        kind: 'dangling-link',
        path,
        what: `it leads to ${escapeLines(leadsTo)}, which is not there`,
      });
    }
  }

  #enter({ name, parent }: WalkedFolder): void {
    const above = this.#levels.at(-1);
    if (parent === undefined || above === undefined) {
      const { layer, own } = this.#tree;
      this.#levels.push({ layer, own, seen: new Set(), isConfiguration: false });
      return;
    }
    this.#levels.push({
      layer: above.layer?.folders.get(name),
      own: above.own?.folders.get(name),
      seen: new Set(),
      isConfiguration: above.isConfiguration || (parent.parent === undefined && name === 'etc'),
    });
  }

  #leave(folder: WalkedFolder, dirfd: number | undefined): void {
    const level = this.#levels.pop();
    if (level === undefined) return;
    if (dirfd === undefined) {
      const what = 'it was moved while what is in it was looked at';
      this.#findings.addStray({ kind: 'unread', path: pathOf(folder), what });
      return;
    }
    for (const { entries } of [level.layer, level.own].filter((each) => each !== undefined)) {
      for (const [name, entry] of entries) {
        if (level.seen.has(name) || (level.layer?.entries !== entries && level.layer?.entries.has(name)))
          continue;
        // A file that is replaced while a folder is read may have been passed over.
        if (statAt(dirfd, name) === undefined) this.#noteMissing(entry);
      }
    }
  }

  #noteMissing(entry: ManifestEntry): void {
    if (entry.type === 'hardlink') this.#files.judgeSocket(entry, undefined);
    else if (isRequired(entry.path))
      this.#findings.add({ kind: 'missing', path: entry.path, what: 'it is not there' });
  }

  #noteMount(folder: WalkedFolder, name: string): void {
    this.#levels.at(-1)?.seen.add(name);
    this.#findings.addStray({
      kind: 'mount',
      path: pathOf(folder, name),
      what: 'something is mounted there',
    });
  }

  #judge({ folder, dirfd, name, facts }: Found): void {
    const level = this.#levels.at(-1);
    const entry = level?.own?.entries.get(name) ?? level?.layer?.entries.get(name);
    if (entry !== undefined) level?.seen.add(name);
    const isChanged = entry !== undefined && this.#noteDifferences(entry, facts);
    for (const danger of decideDanger(facts, entry))
      this.#findings.addStray({ ...danger, path: pathOf(folder, name) });
    if (facts.type === 'file') {
      const path = () => pathOf(folder, name);
      const isConfiguration = level?.isConfiguration ?? false;
      this.#files.judge({ dirfd, name, facts, entry, path, isConfiguration, isChanged });
    } else if (entry?.type === 'symlink' && facts.type === 'symlink')
      this.#judgeLink(entry, dirfd, name, facts);
    else if (entry?.type === 'hardlink') this.#files.judgeSocket(entry, facts);
  }

  #noteDifferences(entry: ManifestEntry, facts: FileFacts): boolean {
    // What is wrong with an inode of the store is told once, of the store.
    const differences = this.#files.isStored(entry, facts) ? [] : decideDifferences(entry, facts);
    for (const difference of differences) this.#findings.add({ ...difference, path: entry.path });
    return differences.length > 0;
  }

  #judgeLink(entry: ManifestEntry, dirfd: number, name: string, facts: FileFacts): void {
    const isLaid = this.#files.judgeLink(entry, { dirfd, name }, facts);
    if (isLaid && !leadsSomewhere(this.#tree.fd, entry.path)) this.#dangling.push(entry);
  }
}

/** Longer than any path the system takes; only the ends of it are told. */
const mostPath = 4096;

function pathOf(folder: WalkedFolder, name?: string): string {
  const names: string[] = name === undefined ? [] : [name];
  for (let at: WalkedFolder | undefined = folder; at?.parent !== undefined; at = at.parent)
    names.push(at.name);
  const path = names.reverse().join('/');
  if (path.length <= mostPath) return nameText(path);
  return `${nameText(path.slice(0, 200))} … ${nameText(path.slice(-200))}`;
}
