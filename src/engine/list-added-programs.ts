import { readSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { pathOfWalked } from './path-of-walked.ts';
import { withFound } from './read-found.ts';
import { type WalkEvent, walkTree } from './walk-tree.ts';

/** A program or library the domain itself put into its tree. */
export interface AddedProgram {
  /** Relative to the tree; bytes that are not UTF-8 are escaped. */
  readonly path: string;
  /** The names of the libraries it asks the loader for (DT_NEEDED). */
  readonly needed: readonly string[];
}

/** Bytes of an open file; fewer where it ends. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/**
 * The ELF programs and libraries of a tree that are not among the paths that were laid. Only what is executable or named
 * as a library is looked at, and nothing of it is run. `neededOf` reads what such a file asks for from its bytes.
 */
export function listAddedPrograms(
  treeFd: number,
  laid: ReadonlySet<string>,
  neededOf: (read: ReadAt) => readonly string[],
): readonly AddedProgram[] {
  const added: AddedProgram[] = [];
  for (const event of walkTree(treeFd)) {
    if (event.type !== 'found' || !mayBeProgram(event)) continue;
    const path = pathOfWalked(event.folder, event.name);
    if (laid.has(path)) continue;
    const needed = withFound(event, event.facts, (fd) => neededOf(readerOf(fd)));
    if (needed !== undefined && needed.length > 0) added.push({ path: escapeLines(path), needed });
  }
  return added;
}

type FoundEvent = Extract<WalkEvent, { type: 'found' }>;

const smallestElf = 64;

function mayBeProgram({ name, facts }: FoundEvent): boolean {
  if (facts.type !== 'file' || facts.size < smallestElf) return false;
  return (facts.mode & 0o111) !== 0 || /\.so(?:\.|$)/u.test(name);
}

function readerOf(fd: number): ReadAt {
  return (offset, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
  };
}
