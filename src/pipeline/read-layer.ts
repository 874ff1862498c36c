import { readStateFile } from '../engine/read-state-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import { sha256 } from '../linux/sha256.ts';
import type { Layer } from '../manifest/manifest.ts';

/** A name stands for one text, so what was read once under the lock of a root need not be read again. */
const layers = new WeakMap<StateDir, Map<string, Layer>>();

/**
 * The layer `id`; undefined when it is not there, or damaged: a layer is named by the hash of its text, so it need not
 * be looked at entry by entry.
 */
export function readLayer(state: StateDir, id: string): Layer | undefined {
  const known = layers.get(state)?.get(id);
  if (known !== undefined) return known;
  const text = readStateFile(state.part('layers'), `${id}.json`);
  if (text === undefined || sha256(text) !== id) return undefined;
  const layer = JSON.parse(text) as Layer;
  layers.set(state, (layers.get(state) ?? new Map<string, Layer>()).set(id, layer));
  return layer;
}
