import { describe, expect, it } from 'vitest';
import { mergeEntries, parseLayer, parseManifest } from '../../../src/manifest/parse-manifest.ts';
import { thrownBy } from '../../support/thrown.ts';

const entry = {
  type: 'file',
  path: 'usr/bin/ls',
  section: 'programs',
  why: 'x',
  mode: '0755',
  uid: 0,
  gid: 0,
};
const layer = { version: 1, profiles: ['login'], entries: [entry], notices: [] };
const manifest = {
  version: 1,
  domain: 'example.org',
  layer: 'ab'.repeat(32),
  own: [{ ...entry, why: 'own' }],
};

describe('parseManifest and parseLayer', () => {
  it('read what was written', () => {
    expect(parseLayer(JSON.stringify(layer), 'f')).toEqual(layer);
    expect(parseManifest(JSON.stringify(manifest), 'f')).toEqual(manifest);
  });

  it('keep the domain’s own entry where both have one', () => {
    const merged = mergeEntries(
      parseManifest(JSON.stringify(manifest), 'f'),
      parseLayer(JSON.stringify(layer), 'f'),
    );
    expect([...merged.values()].map(({ why }) => why)).toEqual(['own']);
  });

  it.each(['../etc/passwd', '/etc/passwd', 'a//b', 'a/./b', '', 'a\0b'])('refuse the path %j', (path) => {
    const text = JSON.stringify({ ...layer, entries: [{ ...entry, path }] });
    expect(thrownBy(() => parseLayer(text, 'f'))).toMatchObject({
      code: 'BAD_RECORD',
      why: expect.stringContaining('path'),
    });
  });

  it.each(['../../etc/shadow', 'AB'.repeat(32), '', 'ab'])(
    'refuse %j as the name of a layer, which becomes a path',
    (name) => {
      const text = JSON.stringify({ ...manifest, layer: name });
      expect(thrownBy(() => parseManifest(text, 'f')).code).toBe('BAD_RECORD');
    },
  );

  it.each([
    { type: 'fifo' },
    { mode: '0999' },
    { section: 'x' },
    { uid: -1 },
    { needs: ['../x'] },
    { sha256: 'x' },
  ])('refuse an entry with %j', (change) => {
    const text = JSON.stringify({ ...layer, entries: [{ ...entry, ...change }] });
    expect(thrownBy(() => parseLayer(text, 'f')).code).toBe('BAD_RECORD');
  });
});
