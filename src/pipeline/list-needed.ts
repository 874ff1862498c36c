import { readdirSync } from 'node:fs';
import { badRecord } from '../domain/parse-record.ts';
import { heldPath } from '../engine/held-path.ts';
import { readTreeFile } from '../engine/read-tree-file.ts';
import type { StateDir } from '../engine/state-dir.ts';
import { linkPath, objectPath } from '../engine/store.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { parseManifest } from '../manifest/parse-manifest.ts';
import { readLayer } from './read-layer.ts';

/** What of a root's state has to stay. */
export interface Needed {
  /** Names of layers. */
  readonly layers: ReadonlySet<string>;
  /** Paths in the store. */
  readonly objects: ReadonlySet<string>;
}

const mostBytes = 256 << 20;

/**
 * What the domains of a root are made of, and their previous states, and the trees in the trash but for the folders in
 * `but`. The lock must be held. Throws BAD_RECORD where one of these cannot be read: then all is needed.
 */
export function listNeeded(state: StateDir, but: ReadonlySet<string>): Needed {
  const layers = new Set<string>();
  const objects = new Set<string>();
  for (const [dirfd, path, file] of listManifests(state, but)) {
    const text = readTreeFile(dirfd, path, mostBytes);
    if (text === undefined) continue;
    const { layer, own } = parseManifest(text, file);
    layers.add(layer);
    addObjects(own, objects);
  }
  for (const id of layers) {
    const layer = readLayer(state, id);
    if (layer === undefined)
      throw badRecord(`.virtfs/layers/${id}.json`, 'it is gone or damaged, and a manifest names it');
    addObjects(layer.entries, objects);
  }
  return { layers, objects };
}

type ManifestPlace = readonly [dirfd: number, path: string, file: string];

function listManifests(state: StateDir, but: ReadonlySet<string>): readonly ManifestPlace[] {
  const places = (['manifests', 'previous'] as const).flatMap((part) =>
    namesIn(state, part).map((name): ManifestPlace => [state.part(part), name, `.virtfs/${part}/${name}`]),
  );
  const trashed = namesIn(state, 'trash')
    .filter((folder) => !but.has(folder))
    .flatMap((folder) => [`${folder}/manifest.json`, `${folder}/previous.json`])
    .map((path): ManifestPlace => [state.part('trash'), path, `.virtfs/trash/${path}`]);
  return [...places, ...trashed];
}

function namesIn(state: StateDir, part: 'manifests' | 'previous' | 'trash'): readonly string[] {
  return readdirSync(heldPath(state.part(part))).filter((name) => !name.startsWith('.new-'));
}

/** The bytes of every file, of which the store may have none, and every link. */
function addObjects(entries: readonly ManifestEntry[], objects: Set<string>): void {
  for (const { type, sha256, mode, target } of entries) {
    if (type === 'file' && sha256 !== undefined && mode !== undefined)
      objects.add(objectPath({ sha256, mode: Number.parseInt(mode, 8) & 0o777 }));
    if (type === 'symlink' && target !== undefined) objects.add(linkPath(target));
  }
}
