import { putStateFile } from '../engine/put-state-file.ts';
import { readTreeFile } from '../engine/read-tree-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import { unlinkAt } from '../linux/files.ts';
import type { Layer, ManifestEntry } from '../manifest/manifest.ts';
import { readLayer } from './read-layer.ts';

/**
 * `.virtfs/layers/unfinished.json`: by domain, the layers its tree is being brought to. It is there while an update or a
 * rollback works, and after one that was stopped: then a tree may hold some of such a layer's files though its manifest
 * names another layer. Doing the same again needs no such note; a target that has become another one since does.
 */
export class UnfinishedUpdate {
  readonly #state: StateDir;
  readonly #earlier: ReadonlyMap<string, readonly string[]>;
  #isNoted = false;

  constructor(state: StateDir) {
    this.#state = state;
    this.#earlier = parseNote(readTreeFile(state.part('layers'), file, mostBytes) ?? '{}');
  }

  /** The layers, other than `target`, of which the tree may hold files since a call before this one was stopped. */
  layersBut(domain: string, target: string): readonly string[] {
    return (this.#earlier.get(domain) ?? []).filter((id) => id !== target);
  }

  /** To be called before the first tree is changed, with the targets of all that are to be. */
  note(targets: ReadonlyMap<string, string>): void {
    if (this.#isNoted) return;
    const all = new Map(this.#earlier);
    for (const [domain, id] of targets) all.set(domain, [...this.layersBut(domain, id), id]);
    this.#put(all);
    this.#isNoted = true;
  }

  /** To be called when nothing is half done: `done` are the domains whose trees are what their manifests say. */
  settle(done: Iterable<string>): void {
    const left = new Map(this.#earlier);
    for (const domain of done) left.delete(domain);
    if (!this.#isNoted && left.size === this.#earlier.size) return;
    if (left.size > 0) this.#put(left);
    else unlinkAt(this.#state.part('layers'), file);
  }

  #put(note: ReadonlyMap<string, readonly string[]>): void {
    putStateFile(this.#state.part('layers'), file, JSON.stringify(Object.fromEntries(note)));
  }
}

/** The entries of these layers by path; of a layer that is gone, none. */
export function entriesOfLayers(state: StateDir, ids: readonly string[]): ReadonlyMap<string, ManifestEntry> {
  const layers = ids.map((id) => readLayer(state, id)).filter((layer): layer is Layer => layer !== undefined);
  return new Map(layers.flatMap(({ entries }) => entries.map((entry) => [entry.path, entry])));
}

const file = 'unfinished.json';
const mostBytes = 64 << 20;

function parseNote(text: string): ReadonlyMap<string, readonly string[]> {
  try {
    const note = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return new Map(note.map(([domain, ids]) => [domain, Array.isArray(ids) ? ids.filter(isLayerId) : []]));
  } catch (error) {
    // It is written whole or not at all: this is none of ours.
    if (error instanceof SyntaxError || error instanceof TypeError) return new Map();
    throw error;
  }
}

/** It becomes part of a path. */
function isLayerId(id: unknown): id is string {
  return typeof id === 'string' && /^[0-9a-f]{64}$/u.test(id);
}
