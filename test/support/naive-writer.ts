import {
  chmodSync,
  copyFileSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/manifest/entry.ts';

/** Lays a tree as one would who trusts paths. For tests of tests: it must be seen to write elsewhere. */
export function layNaively(tree: string, entries: readonly Entry[]): void {
  mkdirSync(tree, { recursive: true });
  for (const entry of entries) {
    try {
      putNaively(join(tree, entry.path), entry);
    } catch {
      // Its folder is a link to a place where the name is not: on with the next.
    }
  }
}

function putNaively(path: string, entry: Entry): void {
  if (entry.type === 'symlink') symlinkSync(entry.target, path);
  else if (entry.type === 'dir') mkdirSync(path);
  else if (entry.type === 'file') {
    if ('copyOf' in entry.source) copyFileSync(entry.source.copyOf, path);
    else writeFileSync(path, 'text' in entry.source ? entry.source.text : entry.source.bytes);
    chmodSync(path, entry.mode);
    lchownSync(path, entry.owner.uid, entry.owner.gid);
  }
}

/** Removes what is in a folder, and follows where its path leads. */
export function removeNaively(folder: string): void {
  for (const name of readdirSync(folder)) {
    try {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) removeNaively(path);
      else unlinkSync(path);
    } catch {
      // Gone, or swapped meanwhile.
    }
  }
}
