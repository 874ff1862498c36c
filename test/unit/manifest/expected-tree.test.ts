import { describe, expect, it } from 'vitest';
import { nameBytes, nameText, planExpected } from '../../../src/manifest/expected-tree.ts';
import type { ManifestEntry } from '../../../src/manifest/manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';

describe('planExpected', () => {
  it('gives what is to be in each folder, with or without an entry of its own', () => {
    const top = planExpected([entryOf('usr'), entryOf('usr/bin/ls'), entryOf('usr/bin/é'), entryOf('etc')]);
    expect([...top.entries.keys()]).toEqual(['usr', 'etc']);
    expect([...top.folders.keys()]).toEqual(['usr']);
    const bin = top.folders.get('usr')?.folders.get('bin');
    expect([...(bin?.entries.keys() ?? [])]).toEqual(['ls', 'Ã©']);
    expect(bin?.entries.get('Ã©')?.path).toBe('usr/bin/é');
  });
});

describe('nameBytes', () => {
  it('has one character for each byte, which nameText takes back', () => {
    expect(nameBytes('é')).toBe('\u00c3\u00a9');
    expect(nameText(nameBytes('größe/€'))).toBe('größe/€');
    expect(nameText('a\u00ff')).toBe('a\ufffd');
  });
});

function entryOf(path: string): ManifestEntry {
  return { type: 'dir', path: treePath(path), section: 'directories', why: 'x' };
}
