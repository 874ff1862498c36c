import { closeSync, fstatSync, rmdirSync, type Stats } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { listNames } from '../linux/name-list.ts';
import { openNamedDir, openNamedHandle } from '../linux/named-files.ts';
import type { CloneChoice, CloneType } from '../manifest/clone-choice.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { joinBytes, lastName, openStepwise, textOf } from './byte-paths.ts';
import { cloneLeaf, isOwnedAsLaid } from './clone-leaf.ts';
import { type CloneRules, chooseOwn } from './clone-rules.ts';
import type { CloneTally } from './clone-tally.ts';
import { type CloneWriter, type Copied, namedPath } from './clone-writer.ts';

export interface OwnDataRequest {
  /** The tree of the domain that is cloned, and its new one; both stay the caller's. */
  readonly from: number;
  /** Undefined to count only. */
  readonly into: { readonly fd: number; readonly writer: CloneWriter } | undefined;
  readonly rules: CloneRules;
  readonly tally: CloneTally;
  /** Awaited between any two names. */
  readonly between: () => Promise<void> | undefined;
}

/**
 * Copies what a domain has of its own into a new tree. The domain is in use, and its people may turn any folder of it
 * into a link at any time: each is held open, opened from the one above, through no link and across no mount point. A
 * name that is gone or another kind of file by now is passed by. Throws the system's errors of writing.
 */
export async function copyOwnData(request: OwnDataRequest): Promise<void> {
  using copy = new OwnDataCopy(request);
  await copy.run();
}

/** Folders held open at once, one a level and two with the new tree's: people can nest them deeper than that. */
const mostLevels = 100;

/** Memory for names of folders that are being read. */
const mostNameBytes = 1 << 28;

/** A folder that is being read. */
interface Level {
  readonly from: number;
  /** -1 when the new tree is only thought of. */
  readonly to: number;
  readonly path: Uint8Array;
  /** The path as text where virtfs laid the folder. */
  readonly laid: string | undefined;
  readonly names: Iterator<Uint8Array>;
  readonly nameBytes: number;
  /** What virtfs laid in it and is still there. */
  readonly seen: Set<string>;
  /** What it is to be; undefined to leave it as it was laid. */
  readonly copied: Copied | undefined;
  /** Takes it away when nothing came into it. */
  readonly ifFilled: boolean;
}

type FolderPlan = Pick<Level, 'path' | 'laid' | 'copied' | 'ifFilled'>;

const noFd = -1;

class OwnDataCopy implements Disposable {
  readonly #request: OwnDataRequest;
  readonly #writer: CloneWriter | undefined;
  readonly #levels: Level[] = [];
  /** Folders below the deepest level, to be opened from the top. */
  readonly #deep: FolderPlan[] = [];
  readonly #laidIn = new Map<string, string[]>();
  #nameBytes = 0;

  constructor(request: OwnDataRequest) {
    this.#request = request;
    this.#writer = request.into?.writer;
    for (const path of request.rules.before.keys()) {
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      const names = this.#laidIn.get(folder);
      if (names === undefined) this.#laidIn.set(folder, [path]);
      else names.push(path);
    }
  }

  async run(): Promise<void> {
    const { from, into, between } = this.#request;
    const here = Buffer.from('.');
    this.#enter(openNamedDir(from, here), into === undefined ? noFd : openNamedDir(into.fd, here), {
      path: Buffer.alloc(0),
      laid: '',
      copied: undefined,
      ifFilled: false,
    });
    for (let level = this.#next(); level !== undefined; level = this.#next()) {
      const { done, value } = level.names.next();
      if (done) this.#leave(level);
      else await this.#take(level, value);
      const pause = between();
      if (pause !== undefined) await pause;
    }
  }

  #next(): Level | undefined {
    while (this.#levels.length === 0) {
      const deep = this.#deep.pop();
      if (deep === undefined) return undefined;
      this.#enterDeep(deep);
    }
    return this.#levels.at(-1);
  }

  #enter(from: number, to: number, folder: FolderPlan): void {
    const names = listNames(from, mostNameBytes - this.#nameBytes);
    if (names === undefined) this.#request.tally.leave('there are too many files in the folder', folder.path);
    const nameBytes = names?.bytes ?? 0;
    this.#nameBytes += nameBytes;
    const iterator = names?.[Symbol.iterator]() ?? [].values();
    // What could not be read was not taken away.
    const laid = names === undefined ? undefined : folder.laid;
    this.#levels.push({ ...folder, from, to, laid, names: iterator, nameBytes, seen: new Set() });
  }

  /** The new folder stands already, closed to all; its owner is set even when the old one is gone by now. */
  #enterDeep(deep: FolderPlan): void {
    const { from, into, tally } = this.#request;
    const to = into === undefined ? noFd : openStepwise(into.fd, deep.path);
    try {
      this.#enter(openStepwise(from, deep.path), to, { ...deep, laid: undefined });
    } catch (error) {
      if (to !== noFd) closeSync(to);
      if (!isSwapped(error)) throw error;
      tally.leave('it was moved while it was copied', deep.path);
    }
  }

  #leave(level: Level): void {
    const { tally, rules } = this.#request;
    this.#levels.pop();
    this.#nameBytes -= level.nameBytes;
    try {
      if (this.#writer === undefined) return;
      if (level.laid !== undefined) this.#removeGone(level, level.laid, rules);
      if (level.copied !== undefined)
        tally.noteLost(this.#writer.finish(level.to, level.from, level.copied), level.path);
    } finally {
      closeSync(level.from);
      if (level.to !== noFd) closeSync(level.to);
    }
    if (level.ifFilled) this.#removeIfEmpty(level.path);
  }

  #removeGone({ to, path, seen }: Level, laid: string, { isGone }: CloneRules): void {
    for (const child of this.#laidIn.get(laid) ?? []) {
      if (seen.has(child) || !isGone(child)) continue;
      const name = Buffer.from(child.slice(child.lastIndexOf('/') + 1));
      this.#writer?.clear({ dirfd: to, name, path: joinBytes(path, name) });
    }
  }

  #removeIfEmpty(path: Uint8Array): void {
    const above = this.#levels.at(-1);
    if (above === undefined || above.to === noFd) return;
    try {
      rmdirSync(namedPath(above.to, lastName(path)));
    } catch (error) {
      if (!isErrno(error, 'ENOTEMPTY') && !isErrno(error, 'EEXIST')) throw error;
    }
  }

  async #take(level: Level, name: Uint8Array): Promise<void> {
    const { rules, tally } = this.#request;
    const path = joinBytes(level.path, name);
    const text = level.laid === undefined ? undefined : textOf(path);
    if (text !== undefined) level.seen.add(text);
    const handle = this.#open(level, name, path);
    if (handle === undefined) return;
    try {
      const stats = fstatSync(handle);
      const found = typeOf(stats);
      if (found === undefined) return tally.leave('sockets and devices are not copied', path);
      const choice = text === undefined ? chooseOwn(found) : rules.choose(text, found);
      const before = text === undefined ? undefined : rules.before.get(text);
      const at = { level, name, path, laid: text, handle, stats, before };
      if (choice.type === 'enter') this.#takeFolder(at, choice);
      else if (choice.type === 'copy') await this.#takeLeaf(at, choice);
      else if (choice.why !== undefined) tally.leave(choice.why, path);
    } finally {
      closeSync(handle);
    }
  }

  /** A handle of what has the name; undefined, and noted where somebody might miss it, when there is none to be had. */
  #open(level: Level, name: Uint8Array, path: Uint8Array): number | undefined {
    try {
      return openNamedHandle(level.from, name);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      if (isErrno(error, 'EMFILE') || isErrno(error, 'ENFILE')) throw error;
      const why = isErrno(error, 'EXDEV') ? 'something is mounted there' : 'it cannot be opened';
      this.#request.tally.leave(why, path);
      return undefined;
    }
  }

  async #takeLeaf(at: FoundName, choice: Extract<CloneChoice, { type: 'copy' }>): Promise<void> {
    const { tally } = this.#request;
    const copied = this.#copiedOf(at.stats, 0o777);
    if (copied === undefined) return tally.leave(foreignOwner, at.path);
    const target = { tally, writer: this.#writer, to: at.level.to };
    await cloneLeaf({ ...at, dirfd: at.level.from, copied }, choice, target);
  }

  #takeFolder(at: FoundName, choice: Extract<CloneChoice, { type: 'enter' }>): void {
    const { level, name, path, stats } = at;
    const { tally } = this.#request;
    const keepsOwner =
      choice.owned === 'as laid' || (choice.owned === 'as found unless as laid' && isOwnedAsLaid(at));
    const copied = keepsOwner ? undefined : this.#copiedOf(stats, 0o3777);
    if (!keepsOwner && copied === undefined) {
      if (!choice.isThere) return tally.leave(foreignOwner, path);
      tally.change('the owner is not one of the domain: it is as in every tree', path);
    }
    if (!choice.isThere) {
      if (choice.replaces) this.#writer?.clear({ dirfd: level.to, name, path });
      this.#writer?.makeDir({ dirfd: level.to, name, path });
      tally.folders++;
    }
    const folder = { path, laid: at.laid, copied, ifFilled: choice.ifFilled };
    if (this.#levels.length >= mostLevels) this.#deep.push(folder);
    else this.#enterHandle(at, folder);
  }

  #enterHandle({ level, name, path, handle }: FoundName, folder: FolderPlan): void {
    let from: number;
    try {
      from = openNamedDir(handle, Buffer.from('.'));
    } catch (error) {
      if (!isSwapped(error)) throw error;
      return this.#request.tally.leave('it was removed while it was copied', path);
    }
    const to = this.#writer === undefined ? noFd : openNamedDir(level.to, name);
    this.#enter(from, to, folder);
  }

  #copiedOf(stats: Stats, mask: number): Copied | undefined {
    const { mapId } = this.#request.rules;
    const [uid, gid] = [mapId(stats.uid), mapId(stats.gid)];
    if (uid === undefined || gid === undefined) return undefined;
    return { stats, owner: { uid, gid }, mode: stats.mode & mask };
  }

  [Symbol.dispose](): void {
    for (const { from, to } of this.#levels) {
      closeSync(from);
      if (to !== noFd) closeSync(to);
    }
    this.#levels.length = 0;
  }
}

const foreignOwner = 'its owner or group is none of the domain';

/** What has a name in a folder that is being read, held by a handle. */
interface FoundName {
  readonly level: Level;
  readonly name: Uint8Array;
  readonly path: Uint8Array;
  readonly laid: string | undefined;
  readonly handle: number;
  readonly stats: Stats;
  readonly before: ManifestEntry | undefined;
}

function typeOf(stats: Stats): CloneType | undefined {
  if (stats.isDirectory()) return 'dir';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isFile() || stats.isFIFO() ? 'file' : undefined;
}

function isSwapped(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ESTALE'].some((code) => isErrno(error, code));
}
