import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { HostView } from '../domain/host-view.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { FileEntry } from '../manifest/entry.ts';
import type { Plan } from '../manifest/plan.ts';
import { findSecret } from '../plan/find-secret.ts';

/** A key or a hash that somebody keeps is at the top of a small file; a disk image is not read whole for one. */
const mostBytes = 4 << 20;

/**
 * Throws TREE_UNSAFE when a file in the plan holds a private key or a password hash. The deny list goes by names; this
 * looks at the first 4 MB of what is really there: all of configuration, and of the rest what not everybody may read or
 * what came from /opt. Programs hold such marks as texts of their own and are left out. `seen` spares host files
 * and texts that were looked at for another tree.
 */
export function requireNoSecrets(plan: Plan, host: Pick<HostView, 'program'>, seen: Set<string>): void {
  for (const entry of [...plan.layer, ...plan.own].flatMap(({ entries }) => entries)) {
    if (entry.type !== 'file' || !mayHoldSecret(entry) || isCompiled(entry, host)) continue;
    const content = contentOf(entry, seen);
    const secret = content === undefined ? undefined : findSecret(content);
    if (secret !== undefined) throw secretFound(entry, secret);
  }
}

function mayHoldSecret({ path, shared, mode }: FileEntry): boolean {
  return !shared || (mode & 0o004) === 0 || path.startsWith('opt/');
}

function isCompiled({ source }: FileEntry, host: Pick<HostView, 'program'>): boolean {
  return 'copyOf' in source && host.program(source.copyOf).kind === 'elf';
}

function contentOf({ source }: FileEntry, seen: Set<string>): string | Uint8Array | undefined {
  if ('text' in source) {
    if (seen.has(source.text)) return undefined;
    seen.add(source.text);
    return source.text;
  }
  if ('bytes' in source) return source.bytes;
  if (seen.has(source.copyOf)) return undefined;
  seen.add(source.copyOf);
  try {
    return readBeginning(source.copyOf);
  } catch (error) {
    throw explainErrno(error, `cannot read ${escapeLines(source.copyOf)}`);
  }
}

function readBeginning(path: string): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size < mostBytes; ) {
      const chunk = Buffer.allocUnsafe(65_536);
      const got = readSync(fd, chunk, 0, chunk.length, size);
      if (got === 0) break;
      chunks.push(chunk.subarray(0, got));
      size += got;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}

function secretFound({ path, source }: FileEntry, secret: string): VirtfsError {
  const from = 'copyOf' in source ? source.copyOf : path;
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot put ${escapeLines(path)} into a tree`,
    why: `${escapeLines(from)} holds ${secret}`,
    mend: 'keep the secret in a file of its own outside of the profile’s files, or exclude the file in the profile',
  });
}
