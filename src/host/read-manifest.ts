import { join } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import type { Layer, Manifest } from '../manifest/manifest.ts';
import { readPlainFile } from './read-plain-file.ts';

export interface TreeManifest {
  readonly manifest: Manifest;
  readonly layer: Layer;
}

/**
 * What virtfs put into the tree of `domain`; undefined for a tree made by hand. Who asks for many domains gives `known`,
 * layers by name, to which those are added that were read.
 * Throws BAD_RECORD that names the file, and NEEDS_ROOT when it may not be read.
 */
export async function readManifest(
  root: string,
  domain: DomainName,
  known: Map<string, Layer> = new Map(),
): Promise<TreeManifest | undefined> {
  const state = join(root, '.virtfs');
  const file = join(state, 'manifests', `${domain}.json`);
  const text = readPlainFile(file, () => {});
  if (text === undefined) return undefined;
  const [{ parseLayer, parseManifest }, { badRecord }] = await Promise.all([
    import('../manifest/parse-manifest.ts'),
    import('../domain/parse-record.ts'),
  ]);
  const manifest = parseManifest(text, file);
  if (manifest.domain !== domain) throw badRecord(file, `it speaks of ${manifest.domain}`);
  const read = known.get(manifest.layer);
  if (read !== undefined) return { manifest, layer: read };
  const layerFile = join(state, 'layers', `${manifest.layer}.json`);
  const layerText = readPlainFile(layerFile, () => {});
  if (layerText === undefined) throw badRecord(layerFile, `it is not there, and ${file} names it`);
  const layer = parseLayer(layerText, layerFile);
  known.set(manifest.layer, layer);
  return { manifest, layer };
}
