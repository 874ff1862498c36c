import type { FileFacts } from '../domain/file-facts.ts';
import type { LinkMethod } from '../domain/record.ts';
import { type FoundName, hasFoundCapabilities, hashFound, readFoundLink } from '../engine/read-found.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { statAt } from '../linux/stat-at.ts';
import { nameBytes, nameText } from '../manifest/expected-tree.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { isExact } from '../plan/decide-differences.ts';
import type { StoreCheck } from './check-store.ts';
import type { OutdatedFinder } from './find-outdated.ts';
import type { SecretFinder } from './find-tree-secrets.ts';
import type { FindingList } from './finding-list.ts';

export interface FileCheckPlaces {
  readonly store: StoreCheck;
  readonly outdated: OutdatedFinder;
  readonly secrets: SecretFinder;
  readonly findings: FindingList;
  /** Read what was laid, even where its time says that nobody wrote to it. */
  readonly deep: boolean;
}

/** A regular file the walk found. */
export interface FileCase extends FoundName {
  readonly facts: FileFacts;
  /** What was laid under its name. */
  readonly entry: ManifestEntry | undefined;
  /** Its path in the tree, made when there is something to say. */
  readonly path: () => string;
  /** It is below etc. */
  readonly isConfiguration: boolean;
  /** Something is known to be wrong with it. */
  readonly isChanged: boolean;
}

const currentDir = -100;

/** Judges the content of one tree's files and links. */
export class FileCheck {
  readonly #link: LinkMethod;
  readonly #places: FileCheckPlaces;

  constructor(link: LinkMethod, places: FileCheckPlaces) {
    this.#link = link;
    this.#places = places;
  }

  /** True where the file is an inode of the store, the same for all trees. */
  isStored(entry: ManifestEntry, { identity }: FileFacts): boolean {
    return this.#places.store.inodesOf(entry).some(({ facts }) => facts.identity === identity);
  }

  judge(file: FileCase): void {
    const { facts, entry, isConfiguration, name } = file;
    const { findings, secrets } = this.#places;
    const laid = entry?.type === 'file' ? entry : undefined;
    const stored = laid === undefined ? [] : this.#places.store.inodesOf(laid);
    const isStored = laid !== undefined && this.isStored(laid, facts);
    if (!isStored && hasFoundCapabilities(file))
      findings.addStray({
        kind: 'capabilities',
        path: file.path(),
        what: 'whoever runs it gets capabilities',
      });
    if (laid !== undefined) {
      const differs = !isStored && isExact(laid.path) && this.#describeContent(file, laid, stored[0]?.facts);
      if (differs) findings.add({ kind: 'changed', path: laid.path, what: differs });
      else if (!file.isChanged) this.#noteOutdated(laid);
    }
    secrets.judge(file, laid, isStored);
    if (isConfiguration && name.endsWith('.virtfs-new')) {
      const what = 'a new version of a file waits beside it';
      findings.addStray({ kind: 'waiting', path: file.path(), what });
    }
  }

  /** True when the link leads where the one leads that was laid. */
  judgeLink(entry: ManifestEntry, found: FoundName, facts: FileFacts): boolean {
    const { store, findings } = this.#places;
    const target = entry.target ?? '';
    if (!store.linksTo(target).has(facts.identity)) {
      const now = readFoundLink(found);
      if (now === undefined) return false;
      if (now !== nameBytes(target)) {
        const what = `it leads to ${escapeLines(nameText(now))}, not to ${escapeLines(target)}`;
        if (isExact(entry.path)) findings.add({ kind: 'changed', path: entry.path, what });
        return false;
      }
    }
    this.#noteOutdated(entry);
    return true;
  }

  /** dev/log: a second name of the socket that the host's syslog daemon listens on. */
  judgeSocket(entry: ManifestEntry, facts: FileFacts | undefined): void {
    const { findings } = this.#places;
    const at = entry.to ?? '';
    const socket = statAt(currentDir, nameBytes(at));
    const shown = escapeLines(at);
    if (socket?.type !== 'socket') {
      const mend = `let the syslog daemon of the host listen at ${shown}, then: virtfs update --repair --all`;
      findings.add({
        kind: 'stale-log',
        path: entry.path,
        what: `there is no socket ${shown} any more`,
        mend,
      });
    } else if (facts === undefined) {
      findings.add({ kind: 'stale-log', path: entry.path, what: 'it is not there' });
    } else if (facts.identity !== socket.identity) {
      const what = `it is not the socket that is ${shown} now: the syslog daemon made it anew`;
      findings.add({ kind: 'stale-log', path: entry.path, what });
    }
  }

  #noteOutdated(entry: ManifestEntry): void {
    const { findings, outdated } = this.#places;
    const what = outdated.describe(entry);
    if (what !== '') findings.add({ kind: 'outdated', path: entry.path, what });
  }

  #describeContent(file: FileCase, laid: ManifestEntry, stored: FileFacts | undefined): string | undefined {
    const { facts } = file;
    if (facts.size !== laid.size) return `it has ${facts.size} bytes, not ${laid.size}`;
    // Where it should be the store's inode and is not, somebody put it there, who could set its time too.
    const mayGoByTime = !this.#places.deep && !(this.#link === 'hardlink' && laid.shared === true);
    if (mayGoByTime && stored !== undefined && isSameTime(facts, stored)) return undefined;
    const sha256 = hashFound(file, facts);
    return sha256 === undefined || sha256 === laid.sha256
      ? undefined
      : 'its bytes are not those that were laid';
  }
}

/** Times are copied as fractions of a second, which are not exact. */
function isSameTime(a: FileFacts, b: FileFacts): boolean {
  return Math.abs(a.mtimeMs - b.mtimeMs) < 0.01;
}
