import { join } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import type { Layer } from '../manifest/manifest.ts';
import type { TreeManifest } from './read-manifest.ts';
import { readPlainFile } from './read-plain-file.ts';

/** Reads the manifests of the domains of one root, each layer once for all domains that have it. */
export class ManifestReader {
  readonly root: string;
  readonly #layers = new Map<string, Promise<Layer>>();

  constructor(root: string) {
    this.root = root;
  }

  /** As `readManifest`. Throws BAD_RECORD, NEEDS_ROOT. */
  async read(domain: DomainName): Promise<TreeManifest | undefined> {
    const file = join(this.root, '.virtfs', 'manifests', `${domain}.json`);
    const text = readPlainFile(file, () => {});
    if (text === undefined) return undefined;
    const [{ parseManifest }, { badRecord }] = await Promise.all([
      import('../manifest/parse-manifest.ts'),
      import('../domain/parse-record.ts'),
    ]);
    const manifest = parseManifest(text, file);
    if (manifest.domain !== domain) throw badRecord(file, `it speaks of ${manifest.domain}`);
    const known = this.#layers.get(manifest.layer);
    const layer = known ?? readLayer(this.root, manifest.layer, file);
    this.#layers.set(manifest.layer, layer);
    return { manifest, layer: await layer };
  }
}

async function readLayer(root: string, id: string, namedBy: string): Promise<Layer> {
  const file = join(root, '.virtfs', 'layers', `${id}.json`);
  const text = readPlainFile(file, () => {});
  const [{ parseLayer }, { badRecord }] = await Promise.all([
    import('../manifest/parse-manifest.ts'),
    import('../domain/parse-record.ts'),
  ]);
  if (text === undefined) throw badRecord(file, `it is not there, and ${namedBy} names it`);
  return parseLayer(text, file);
}
