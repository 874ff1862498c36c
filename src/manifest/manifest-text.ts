import type { Manifest } from './manifest.ts';

/** All of a manifest but the domain's own entries. */
export type ManifestHead = Omit<Manifest, 'own'>;

const beforeOwn = ',"own":';

/** A manifest as it is on disk: the head first, so that it can be read and changed without the entries. */
export function renderManifest({ own, ...head }: Manifest): string {
  return `${renderHead(head)}${JSON.stringify(own)}}`;
}

/** The head of a manifest of virtfs's own making; undefined for a text of another shape, which has to be parsed whole. */
export function parseManifestHead(text: string): ManifestHead | undefined {
  const at = text.indexOf(beforeOwn);
  if (at === -1 || !text.endsWith(']}')) return undefined;
  try {
    const head = JSON.parse(`${text.slice(0, at)}}`) as Partial<ManifestHead>;
    return isHead(head) ? head : undefined;
  } catch {
    // Not as we write it.
    return undefined;
  }
}

/** The manifest in `text`, which `parseManifestHead` could read, with another head. */
export function replaceManifestHead(text: string, head: ManifestHead): string {
  return renderHead(head) + text.slice(text.indexOf(beforeOwn) + beforeOwn.length);
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
