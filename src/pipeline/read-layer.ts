import { hash } from 'node:crypto';
import { readStateFile } from '../engine/read-state-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import type { Layer } from '../manifest/manifest.ts';

/**
 * The layer `id`; undefined when it is not there, or damaged: a layer is named by the hash of its text, so it need not
 * be looked at entry by entry.
 */
export function readLayer(state: StateDir, id: string): Layer | undefined {
  const text = readStateFile(state.part('layers'), `${id}.json`);
  return text === undefined || hash('sha256', text) !== id ? undefined : (JSON.parse(text) as Layer);
}
