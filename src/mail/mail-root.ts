import { opendirSync } from 'node:fs';
import { type DomainName, whyNotDomainName } from '../domain/domain-name.ts';
import { readAliasTarget } from '../engine/alias-links.ts';
import { heldPath } from '../engine/held-path.ts';
import { openTreesRoot, type TreesRoot } from '../engine/open-root.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { statAt } from '../linux/stat-at.ts';
import { type Place, statOpenPlace, statPlace } from '../linux/stat-place.ts';
import type { DomainCache } from './domain-cache.ts';
import { explainTrouble } from './explain-trouble.ts';
import type { MailDomain } from './mail-view.ts';
import { TreeMail } from './tree-mail.ts';

const mostLinks = 5;

/** One root of trees, held open for as long as its path leads to it. */
export class MailRoot implements Disposable {
  readonly #path: string;
  readonly #cache: DomainCache;
  #root: TreesRoot;

  /** Throws ROOT_UNSAFE, PATH_MISSING. */
  constructor(path: string, cache: DomainCache) {
    this.#path = path;
    this.#cache = cache;
    this.#root = openTreesRoot(path, { make: false });
  }

  /** Without links. */
  get path(): string {
    return this.#root.path;
  }

  /** Good until the next call of `find`. */
  get fd(): number {
    return this.#root.fd;
  }

  /** The domain of this very name, a tree's or an alias's. Throws what keeps it from being looked at, and TREE_UNSAFE for an alias of nothing. */
  find(name: DomainName): MailDomain | undefined {
    try {
      this.#keepUp();
      const domain = this.#findTree(name);
      return domain === undefined ? undefined : new TreeMail(this, domain, this.#cache);
    } catch (error) {
      throw explainTrouble(error, `cannot look for ${name} in ${escapeLines(this.#path)}`);
    }
  }

  /** Throws PATH_MISSING for an empty root: what a disk is mounted on looks so without it. */
  requireInUse(): void {
    if (statAt(this.#root.fd, '.virtfs') !== undefined || !isEmpty(this.#root.fd)) return;
    throw new VirtfsError('PATH_MISSING', {
      what: `cannot tell which domains are in ${escapeLines(this.#path)}`,
      why: 'it is empty, as it is when its disk is not mounted',
      mend: 'mount it, or take it out of virtfs.toml',
    });
  }

  #findTree(name: DomainName): DomainName | undefined {
    let at = name;
    for (let links = 0; links <= mostLinks; links++) {
      const found = statAt(this.#root.fd, at)?.type;
      if (found === 'dir') return at;
      if (found !== 'symlink') {
        // Files conf.SERVICE have the form of a name too.
        if (links === 0) return undefined;
        break;
      }
      const target = readAliasTarget(this.#root.fd, at);
      if (target === undefined || !isOwnSpelling(target)) break;
      at = target as DomainName;
    }
    throw new VirtfsError('TREE_UNSAFE', {
      what: `cannot tell the domain of the alias ${name}`,
      why: `the link in ${escapeLines(this.#path)} leads to no domain`,
      mend: `look at it with ls -l, and correct or remove it`,
    });
  }

  /** What was mounted, or exchanged, since the root was opened. */
  #keepUp(): void {
    if (isSamePlace(statOpenPlace(this.#root.fd), statPlace(this.#path))) return;
    const next = openTreesRoot(this.#path, { make: false });
    this.#root[Symbol.dispose]();
    this.#root = next;
  }

  [Symbol.dispose](): void {
    this.#root[Symbol.dispose]();
  }
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.mountId === b.mountId;
}

function isOwnSpelling(name: string): boolean {
  return /^[a-z0-9.-]+$/u.test(name) && whyNotDomainName(name) === undefined;
}

function isEmpty(rootFd: number): boolean {
  try {
    using names = opendirSync(heldPath(rootFd), { bufferSize: 2 });
    // A disk of its own has it from the beginning.
    return [names.readSync(), names.readSync()].every(
      (entry) => entry === null || entry.name === 'lost+found',
    );
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}
