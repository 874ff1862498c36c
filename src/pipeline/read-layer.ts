import { hash } from 'node:crypto';
import { readTreeFile } from '../engine/read-tree-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import type { Layer } from '../manifest/manifest.ts';

const mostBytes = 256 << 20;

/**
 * The layer `id`; undefined when it is not there, or damaged: a layer is named by the hash of its text, so it need not
 * be looked at entry by entry.
 */
export function readLayer(state: StateDir, id: string): Layer | undefined {
  const text = readTreeFile(state.part('layers'), `${id}.json`, mostBytes);
  return text === undefined || hash('sha256', text) !== id ? undefined : (JSON.parse(text) as Layer);
}
