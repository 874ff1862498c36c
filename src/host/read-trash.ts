import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainRecord } from '../domain/record.ts';
import type { RemovedDomain } from '../domain/removed.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { readPlainFile } from './read-plain-file.ts';

/** A removed domain whose tree is still there. */
export interface TrashedDomain extends RemovedDomain {
  readonly root: string;
  /** Its folder in `.virtfs/trash`. */
  readonly folder: string;
}

/**
 * The removed domains of `root`, the one removed last first. What a killed virtfs left half-made is not among them.
 * Throws BAD_RECORD that names the file, and NEEDS_ROOT when the trash may not be read.
 */
export async function readTrash(root: string): Promise<readonly TrashedDomain[]> {
  const folders = foldersOf(root);
  if (folders.length === 0) return [];
  const { parseRemoved } = await import('../domain/parse-removed.ts');
  return folders
    .flatMap((folder) => {
      const file = join(trashOf(root), folder, 'removed.json');
      const text = readPlainFile(file, () => {});
      return text === undefined ? [] : [{ ...parseRemoved(text, file), root, folder }];
    })
    .sort(lastFirst);
}

function lastFirst(one: TrashedDomain, other: TrashedDomain): number {
  if (one.removed !== other.removed) return one.removed < other.removed ? 1 : -1;
  return one.domain < other.domain ? -1 : 1;
}

/** The record a removed domain had; undefined for a tree that was made by hand. Throws BAD_RECORD. */
export async function readTrashedRecord(trashed: TrashedDomain): Promise<DomainRecord | undefined> {
  return readRecordIn(trashed.root, trashed.folder);
}

/** The records of all trees in the trash of `root`, those that are being deleted too. Throws BAD_RECORD, NEEDS_ROOT. */
export async function readTrashedRecords(root: string): Promise<readonly DomainRecord[]> {
  const records = await Promise.all(foldersOf(root).map((folder) => readRecordIn(root, folder)));
  return records.filter((record) => record !== undefined);
}

/** When the tree may be deleted for good; undefined when it is kept until somebody says so. */
export function findExpiry({ removed }: Pick<RemovedDomain, 'removed'>, trashDays: number): Date | undefined {
  return trashDays === 0 ? undefined : new Date(Date.parse(removed) + trashDays * 86_400_000);
}

async function readRecordIn(root: string, folder: string): Promise<DomainRecord | undefined> {
  const file = join(trashOf(root), folder, 'record.json');
  const text = readPlainFile(file, () => {});
  if (text === undefined) return undefined;
  const { parseRecord } = await import('../domain/parse-record.ts');
  return parseRecord(text, file);
}

function foldersOf(root: string): readonly string[] {
  const trash = trashOf(root);
  try {
    return readdirSync(trash).filter((folder) => existsSync(join(trash, folder, 'tree')));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw explainErrno(error, `cannot list ${trash}`);
  }
}

function trashOf(root: string): string {
  return join(root, '.virtfs/trash');
}
