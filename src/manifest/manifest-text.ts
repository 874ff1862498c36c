import type { Manifest } from './manifest.ts';

/** All of a manifest but the domain's own entries. */
export type ManifestHead = Omit<Manifest, 'own'>;

const beforeOwn = ',"own":';

/** A manifest as it is on disk: the head first, so that it can be read and changed without the entries. */
export function renderManifest({ own, ...head }: Manifest): string {
  return `${renderHead(head)}${JSON.stringify(own)}}`;
}

/**
 * The head of a manifest of virtfs's own making; undefined for a text of another shape, which has to be parsed whole.
 * Bytes or text: of a hundred manifests of which only the heads matter the rest need not be decoded.
 */
export function parseManifestHead(manifest: string | Buffer): ManifestHead | undefined {
  const bytes = typeof manifest === 'string' ? Buffer.from(manifest) : manifest;
  const at = bytes.indexOf(beforeOwn);
  if (at === -1 || bytes.toString('latin1', bytes.length - 2) !== ']}') return undefined;
  try {
    const head = JSON.parse(`${bytes.toString('utf8', 0, at)}}`) as Partial<ManifestHead>;
    return isHead(head) ? head : undefined;
  } catch {
    // Not as we write it.
    return undefined;
  }
}

/** The manifest in `bytes`, which `parseManifestHead` could read, with another head. */
export function replaceManifestHead(bytes: Buffer, head: ManifestHead): Buffer {
  const own = bytes.subarray(bytes.indexOf(beforeOwn) + beforeOwn.length);
  return Buffer.concat([Buffer.from(renderHead(head)), own]);
}

function renderHead({ version, domain, layer, facts, updated, held, unsettled }: ManifestHead): string {
  return JSON.stringify({ version, domain, layer, facts, updated, held, unsettled }).slice(0, -1) + beforeOwn;
}

function isHead(head: Partial<ManifestHead>): head is ManifestHead {
  const { version, domain, layer, facts, updated, held, unsettled } = head;
  return (
    version === 1 &&
    typeof domain === 'string' &&
    isLayerId(layer) &&
    (facts === undefined || typeof facts === 'string') &&
    (updated === undefined || typeof updated === 'string') &&
    (held === undefined || held === true) &&
    (unsettled === undefined || unsettled === true)
  );
}

/** It becomes part of a path. */
function isLayerId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/u.test(text);
}
