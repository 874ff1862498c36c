import { closeSync, constants, openSync } from 'node:fs';
import { hashOpenFile } from '../engine/read-found.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import type { Host } from '../host/open-host.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';

/** How entries differ from what the host has now. Each host file is read at most once, and not if its hash is known. */
export class OutdatedFinder {
  readonly #host: Host;
  readonly #known = new WeakMap<ManifestEntry, string>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** What is the case where the host has another file or link than was laid, '' where it has the same. */
  describe(entry: ManifestEntry): string {
    let text = this.#known.get(entry);
    if (text === undefined) {
      text = entry.type === 'symlink' ? this.#describeLink(entry) : this.#describeFile(entry);
      this.#known.set(entry, text);
    }
    return text;
  }

  #describeFile({ from, size, sha256 }: ManifestEntry): string {
    if (from === undefined) return '';
    const found = this.#host.lstat(from);
    if (found?.type !== 'file') return `the host has no file ${escapeLines(from)} any more`;
    const isSame = found.size === size && this.#hash(from, found.size) === sha256;
    return isSame ? '' : `the host’s ${escapeLines(from)} is another by now`;
  }

  // Links that came with programs are where the host has them; the others virtfs made up itself.
  #describeLink({ path, section, target }: ManifestEntry): string {
    if (section !== 'programs') return '';
    const found = this.#host.lstat(`/${path}`);
    if (found === undefined) return `the host has no link /${escapeLines(path)} any more`;
    const isSame = found.type === 'symlink' && found.target === target;
    return isSame ? '' : `the host’s link /${escapeLines(path)} is another by now`;
  }

  #hash(path: string, size: number): string | undefined {
    const known = this.#host.sha256(path);
    if (known !== undefined) return known;
    const sha256 = hashHostFile(path, size);
    if (sha256 !== undefined) this.#host.learnSha256(path, sha256);
    return sha256;
  }
}

/** undefined when it is gone, or more than it was. */
function hashHostFile(path: string, size: number): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ELOOP')) return undefined;
    throw error;
  }
  try {
    return hashOpenFile(fd, size);
  } finally {
    closeSync(fd);
  }
}
