import { createReadStream } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import type { Host } from '../host/open-host.ts';
import { Sha256 } from '../linux/sha256.ts';
import type { Entry } from '../manifest/entry.ts';
import { fillStore, type StoredFiles } from './fill-store.ts';
import type { TargetQuestion } from './target-layer.ts';

/** Sees to it that the contents of all host files are known, and in the store unless it is a dry run. */
export async function takeContents(
  { trees, dryRun, between }: Pick<TargetQuestion, 'trees' | 'dryRun' | 'between'>,
  entries: readonly Entry[],
  host: Host,
  stored: StoredFiles,
): Promise<void> {
  if (!dryRun) {
    await fillStore(entries, { store: trees.store, host, stored }, between);
    return;
  }
  for (const entry of entries) {
    if (entry.type !== 'file' || !('copyOf' in entry.source) || stored.find(entry.source.copyOf)) continue;
    const path = entry.source.copyOf;
    const size = host.lstat(path)?.size ?? 0;
    stored.put(path, { sha256: host.sha256(path) ?? (await hashFile(path)), size });
    await between();
  }
}

async function hashFile(path: string): Promise<string> {
  using sum = new Sha256();
  try {
    for await (const chunk of createReadStream(path)) sum.update(chunk);
  } catch (error) {
    throw explainErrno(error, `cannot read ${escapeLines(path)}`);
  }
  return sum.digest();
}
