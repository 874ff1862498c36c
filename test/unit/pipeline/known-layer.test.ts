import { describe, expect, test } from 'vitest';
import { rootOwner } from '../../../src/domain/owner.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';
import {
  type KnownLayer,
  parseKnownLayer,
  renderKnownLayer,
  replaceContents,
} from '../../../src/pipeline/known-layer.ts';

const known: KnownLayer = {
  version: 1,
  key: 'abc',
  answers: [['/usr/bin', '1:2:3:4:5']],
  facts: [['/usr/bin', 'dir 493 0 0']],
  profile: {
    name: 'p',
    summary: 's',
    extends: [],
    commands: [],
    optionalCommands: [],
    packages: [],
    files: [],
    optionalFiles: [],
    exclude: [],
    directories: [],
    links: [],
    devices: [],
    users: [],
    groups: [],
    pam: [],
    setid: [],
    etc: [],
    shells: [],
    hostKeys: [],
    services: [],
    install: {},
  },
  plan: {
    layer: [
      {
        name: 'programs',
        entries: [
          {
            type: 'file',
            path: treePath('etc/ld.so.cache'),
            mode: 0o644,
            owner: rootOwner,
            shared: false,
            source: { bytes: Uint8Array.of(0, 1, 254, 255) },
            why: 'the loader',
          },
          { type: 'symlink', path: treePath('bin'), target: 'usr/bin', why: 'merged' },
        ],
      },
    ],
    pam: { entries: [], modules: [], notices: [] },
    etc: { entries: [], notices: [] },
    system: { users: [], groups: [], notices: [] },
    shell: '/bin/sh',
    notices: ['a notice'],
  },
  own: 'abcd',
  contents: [['/usr/bin/ls', { sha256: 'f'.repeat(64), size: 5 }]],
  id: 'e'.repeat(64),
  entries: 2,
};

describe('replaceContents', () => {
  test('keeps the plan and what is not replaced', () => {
    const id = 'd'.repeat(64);
    const text = replaceContents(renderKnownLayer(known), { answers: [], contents: [], id });
    const back = parseKnownLayer(text, 'abc');
    expect(renderKnownLayer({ ...known, ...back })).toBe(text);
    expect(back).toMatchObject({ answers: [], contents: [], id, facts: known.facts, entries: 2 });
  });
});

describe('parseKnownLayer', () => {
  test('gives back what was rendered, bytes included', () => {
    const back = parseKnownLayer(renderKnownLayer(known), 'abc');
    const [cache] = back?.plan.layer[0]?.entries ?? [];
    expect(cache?.type === 'file' && 'bytes' in cache.source && [...cache.source.bytes]).toEqual([
      0, 1, 254, 255,
    ]);
    expect(back?.plan.layer[0]?.entries[1]).toEqual(known.plan.layer[0]?.entries[1]);
    expect({ ...back, plan: undefined }).toEqual({ ...known, plan: undefined });
  });

  test('knows nothing of a layer that was planned from other texts', () => {
    expect(parseKnownLayer(renderKnownLayer(known), 'abd')).toBeUndefined();
  });

  test.each(['', '{}', 'nonsense', renderKnownLayer(known).slice(0, -10)])(
    'knows nothing from %j',
    (text) => {
      expect(parseKnownLayer(text, 'abc')).toBeUndefined();
    },
  );
});
