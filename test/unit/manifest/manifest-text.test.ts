import { describe, expect, test } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import type { Manifest } from '../../../src/manifest/manifest.ts';
import {
  parseManifestHead,
  renderManifest,
  replaceManifestHead,
} from '../../../src/manifest/manifest-text.ts';
import { parseManifest } from '../../../src/manifest/parse-manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';

const manifest: Manifest = {
  version: 1,
  domain: parseDomainName('example.org'),
  layer: 'a'.repeat(64),
  facts: 'f',
  updated: '2026-01-01T00:00:00.000Z',
  own: [
    { type: 'symlink', path: treePath('etc/x'), section: 'accounts', why: ',"own":[', target: ',"own":' },
  ],
};
const { own, ...head } = manifest;

describe('a manifest as text', () => {
  test('comes back as it was, read whole or in part', () => {
    expect(parseManifest(renderManifest(manifest), 'f')).toEqual(manifest);
    expect(parseManifestHead(renderManifest(manifest))).toEqual(head);
  });

  test('gets another head, and keeps the entries', () => {
    const text = replaceManifestHead(Buffer.from(renderManifest(manifest)), {
      ...head,
      layer: 'b'.repeat(64),
      held: true,
    });
    expect(parseManifest(text.toString(), 'f')).toEqual({ ...manifest, layer: 'b'.repeat(64), held: true });
  });

  test.each([
    '',
    '{}',
    '{"version":1,"own":[]}',
    renderManifest(manifest).slice(0, -1),
    renderManifest({ ...manifest, layer: '../../etc' }),
    JSON.stringify({ own, ...head }),
  ])('is read whole when it is not of our shape: %j', (text) => {
    expect(parseManifestHead(text)).toBeUndefined();
  });
});
