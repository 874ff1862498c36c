import type { FileFacts } from '../domain/file-facts.ts';
import type { StoredInode, StoreReader } from '../engine/read-store.ts';
import type { StoreKey } from '../engine/store.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { nameBytes } from '../manifest/expected-tree.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { quotePath } from '../plan/describe-finding.ts';
import type { FindingList } from './finding-list.ts';

/** What of the store the checked trees use: looked at once, however many trees there are. */
export class StoreCheck {
  readonly #store: StoreReader;
  readonly #findings: FindingList;
  readonly #root: string;
  readonly #known = new WeakMap<ManifestEntry, readonly StoredInode[]>();
  readonly #objects = new Map<string, readonly StoredInode[]>();
  readonly #links = new Map<string, ReadonlySet<string>>();
  readonly #whole = new Map<string, { readonly key: StoreKey; readonly inode: StoredInode }>();

  /** `root` is the path of the root of trees. */
  constructor(store: StoreReader, root: string, findings: FindingList) {
    this.#store = store;
    this.#root = root;
    this.#findings = findings;
  }

  /** The store's inodes of a file that was copied from the host. What is wrong with them becomes a finding. */
  inodesOf(entry: ManifestEntry): readonly StoredInode[] {
    let inodes = this.#known.get(entry);
    if (inodes === undefined) {
      inodes = this.#look(entry);
      this.#known.set(entry, inodes);
    }
    return inodes;
  }

  /** Identities of the store's links to `target`. */
  linksTo(target: string): ReadonlySet<string> {
    let links = this.#links.get(target);
    if (links === undefined) {
      const right = this.#store
        .linksTo(target)
        .filter((link) => this.#store.targetOf(link) === nameBytes(target));
      links = new Set(right.map(({ facts }) => facts.identity));
      this.#links.set(target, links);
    }
    return links;
  }

  /**
   * Reads the objects that were asked for, or all of them, and compares their bytes with their names. `between` is
   * awaited between objects; resolves to how many were read.
   */
  async readAll(which: 'asked for' | 'all', between: () => Promise<void> | undefined): Promise<number> {
    if (which === 'all') {
      for (const each of this.#store.objects()) this.#whole.set(each.inode.path, each);
    }
    for (const { key, inode } of this.#whole.values()) {
      const sha256 = inode.facts.type === 'file' ? this.#store.hash(inode) : undefined;
      if (sha256 !== undefined && sha256 !== key.sha256) {
        const what = 'its bytes are not those its name says';
        this.#addDamage(inode, what, `rm ${this.#pathOf(inode)}; virtfs update --repair --all`);
      }
      await between();
    }
    return this.#whole.size;
  }

  #look(entry: ManifestEntry): readonly StoredInode[] {
    if (entry.sha256 === undefined || entry.from === undefined) return [];
    const key: StoreKey = { sha256: entry.sha256, mode: Number.parseInt(entry.mode ?? '0', 8) & 0o777 };
    const name = `${key.sha256} ${key.mode}`;
    const known = this.#objects.get(name);
    if (known !== undefined) return known;
    const inodes = this.#store.inodesOf(key);
    this.#objects.set(name, inodes);
    if (inodes.length === 0) this.#addMissing(entry, key);
    for (const inode of inodes) {
      this.#whole.set(inode.path, { key, inode });
      this.#judge(inode, key, entry.size ?? 0);
    }
    return inodes;
  }

  #judge(inode: StoredInode, key: StoreKey, size: number): void {
    const path = this.#pathOf(inode);
    const { facts } = inode;
    if (facts.type !== 'file' || facts.size !== size) {
      const what = facts.type === 'file' ? `it has ${facts.size} bytes, not ${size}` : 'it is no file';
      this.#addDamage(inode, what, `rm -r ${path}; virtfs update --repair --all`);
      return;
    }
    if (facts.uid !== 0 || facts.gid !== 0 || facts.mode !== key.mode) {
      const mode = key.mode.toString(8).padStart(4, '0');
      this.#addDamage(inode, describeOwnership(facts), `chown root:root ${path}; chmod ${mode} ${path}`);
    }
    if (this.#store.hasCapabilities(inode))
      this.#addDamage(inode, 'running it gives capabilities', `setcap -r ${path}`);
  }

  #addMissing(entry: ManifestEntry, { sha256, mode }: StoreKey): void {
    const path = `.virtfs/store/${sha256.slice(0, 2)}/${sha256}.${mode.toString(8).padStart(4, '0')}`;
    const what = `it is not there, and is what trees have at ${escapeLines(entry.path)}`;
    this.#findings.add({ kind: 'damaged-object', path, what });
  }

  #addDamage({ path }: StoredInode, what: string, mend: string): void {
    this.#findings.add({ kind: 'damaged-object', path: `.virtfs/store/${path}`, what, mend });
  }

  #pathOf({ path }: StoredInode): string {
    return quotePath(`${this.#root}/.virtfs/store/${path}`.slice(1));
  }
}

function describeOwnership({ uid, gid, mode }: FileFacts): string {
  return `it belongs to user ${uid} and group ${gid} with mode ${mode.toString(8).padStart(4, '0')}`;
}
