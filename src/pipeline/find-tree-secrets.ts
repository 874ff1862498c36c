import { readFound } from '../engine/read-found.ts';
import { readBeginning } from '../host/read-beginning.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { isExact } from '../plan/decide-differences.ts';
import { decideSecret } from '../plan/decide-secret.ts';
import { findSecret } from '../plan/find-secret.ts';
import type { FileCase } from './check-file.ts';
import type { FindingList } from './finding-list.ts';

/** A key or a hash that somebody keeps is at the top of a small file. */
const mostBytes = 1 << 20;

/** What people can put into etc is looked through so far: 64 MB. */
const mostAdded = 64 << 20;

/** Looks for keys and password hashes in one tree's configuration, and in laid files that could hold some. */
export class SecretFinder {
  readonly #findings: FindingList;
  /** Files of the store that were looked at for this tree or another. */
  readonly #seen: WeakSet<ManifestEntry>;
  #left = mostAdded;

  constructor(findings: FindingList, seen: WeakSet<ManifestEntry>) {
    this.#findings = findings;
    this.#seen = seen;
  }

  /** `isStored`: it is an inode of the store, the same for all trees. */
  judge(file: FileCase, laid: ManifestEntry | undefined, isStored: boolean): void {
    const isLaid = laid !== undefined;
    if (!(file.isConfiguration || (isLaid && mayHoldSecret(laid)))) return;
    if (isStored && laid !== undefined) {
      if (this.#seen.has(laid)) return;
      this.#seen.add(laid);
    }
    if (!isLaid && !this.#mayRead(file)) return;
    const bytes = readFound(file, file.facts, mostBytes);
    if (bytes === undefined || isProgram(bytes)) return;
    const secret = findSecret(bytes);
    if (secret === undefined) return;
    const path = file.path();
    const isHosts = isSame(readBeginning(`/${path}`, mostBytes), bytes);
    const what = decideSecret({ path, secret, mode: file.facts.mode, isLaid, isHosts });
    if (what !== undefined) this.#findings.addStray({ kind: 'secret', path, what });
  }

  #mayRead({ facts }: FileCase): boolean {
    const before = this.#left;
    this.#left -= Math.min(facts.size, mostBytes);
    if (this.#left >= 0) return true;
    if (before >= 0)
      this.#findings.addStray({
        kind: 'unread',
        path: 'etc',
        what: 'it holds more than is looked through for secrets',
      });
    return false;
  }
}

/** As at its making: what not everybody may read, and what came from /opt. Of configuration, all. */
function mayHoldSecret({ path, shared, mode }: ManifestEntry): boolean {
  const isPrivate = (Number.parseInt(mode ?? '0', 8) & 0o004) === 0;
  return isExact(path) && (shared !== true || isPrivate || path.startsWith('opt/'));
}

/** Programs hold the marks of keys as texts of their own. */
function isProgram(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
