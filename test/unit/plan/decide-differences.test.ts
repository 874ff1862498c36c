import { describe, expect, it } from 'vitest';
import type { FileFacts } from '../../../src/domain/file-facts.ts';
import type { ManifestEntry } from '../../../src/manifest/manifest.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';
import { decideDanger, decideDifferences, isRequired } from '../../../src/plan/decide-differences.ts';

describe('decideDifferences', () => {
  it('finds none where all is as laid', () => {
    expect(decideDifferences(entryOf('usr/bin/ls'), factsOf())).toEqual([]);
    const link = entryOf('bin', { type: 'symlink', target: 'usr/bin' });
    expect(decideDifferences(link, factsOf({ type: 'symlink', mode: 0o777, uid: 5 }))).toEqual([]);
  });

  it.each([
    ['another type', { type: 'fifo' }, ['wrong-type']],
    ['another owner', { uid: 1000 }, ['foreign-owner']],
    ['another group', { gid: 8 }, ['foreign-owner']],
    ['another mode', { mode: 0o700 }, ['foreign-mode']],
    ['both', { uid: 1, mode: 0o777 }, ['foreign-owner', 'foreign-mode']],
    ['a set-group-id bit that says nothing', { mode: 0o2745 }, ['foreign-mode']],
  ] as const)('finds %s of a system file', (_, facts, kinds) => {
    expect(kindsOf(decideDifferences(entryOf('usr/bin/ls'), factsOf(facts)))).toEqual(kinds);
  });

  it.each([
    'etc/hosts',
    'etc/pam.conf',
    'home/a/admin/.profile',
    'var/mail',
    'usr/local/bin/tool',
    'srv/x',
    'run/utmp',
  ])('leaves %s to the domain', (path) => {
    const other = factsOf({ type: 'symlink', uid: 7, mode: 0o777 });
    expect(decideDifferences(entryOf(path), other)).toEqual([]);
    expect(isRequired(path)).toBe(false);
  });

  it.each(['etc/passwd', 'etc/group', 'etc/pam.d', 'etc/pam.d/login', 'etc/nsswitch.conf'])(
    'guards %s by owner and write permission alone',
    (path) => {
      const entry = entryOf(path, { mode: '0644' });
      expect(isRequired(path)).toBe(true);
      expect(decideDifferences(entry, factsOf({ mode: 0o600, size: 9 }))).toEqual([]);
      expect(decideDifferences(entry, factsOf({ mode: 0o666 }))).toEqual([
        { kind: 'foreign-mode', what: 'everybody may write it (mode 0666)', fix: 'chmod 0644' },
      ]);
      expect(decideDifferences(entry, factsOf({ uid: 9 }))).toEqual([
        { kind: 'foreign-owner', what: 'it belongs to user 9 and group 0, not to 0 and 0', fix: 'chown 0:0' },
      ]);
      expect(kindsOf(decideDifferences(entry, factsOf({ type: 'dir' })))).toEqual(['wrong-type']);
    },
  );

  it('finds a shadow file that everybody may read', () => {
    const shadow = entryOf('etc/shadow', { mode: '0640', gid: 42 });
    expect(decideDifferences(shadow, factsOf({ gid: 42, mode: 0o600 }))).toEqual([]);
    expect(decideDifferences(shadow, factsOf({ gid: 42, mode: 0o644 }))).toMatchObject([
      { kind: 'foreign-mode', what: 'everybody may read it (mode 0644)' },
    ]);
  });

  it('leaves devices and set-id bits to decideDanger', () => {
    expect(decideDifferences(entryOf('usr/bin/ls'), factsOf({ type: 'block' }))).toEqual([]);
    expect(decideDifferences(entryOf('usr/bin/ls'), factsOf({ mode: 0o4755 }))).toEqual([]);
  });
});

describe('decideDanger', () => {
  it.each([
    ['a set-user-id file', { mode: 0o4755 }, 'set-id'],
    ['a set-user-id file nobody may run', { mode: 0o4600 }, 'set-id'],
    ['a set-group-id file', { mode: 0o2755, gid: 8 }, 'set-id'],
    ['a disk', { type: 'block', major: 8, minor: 0 }, 'device'],
    ['memory', { type: 'char', major: 1, minor: 1 }, 'device'],
  ] as const)('finds %s', (_, facts, kind) => {
    expect(kindsOf(decideDanger(factsOf(facts), undefined))).toEqual([kind]);
  });

  it.each([
    ['a plain file', {}],
    ['a file with set-group-id and no right to run it for the group', { mode: 0o2604 }],
    ['a set-group-id folder', { type: 'dir', mode: 0o2775 }],
    ['a FIFO', { type: 'fifo' }],
  ] as const)('finds none in %s', (_, facts) => {
    expect(decideDanger(factsOf(facts), undefined)).toEqual([]);
  });

  it('lets pass what was laid so', () => {
    const passwd = entryOf('usr/bin/passwd', { mode: '4755' });
    expect(decideDanger(factsOf({ mode: 0o4755 }), passwd)).toEqual([]);
    expect(kindsOf(decideDanger(factsOf({ mode: 0o6755 }), passwd))).toEqual(['set-id']);
    const zero = entryOf('dev/zero', { type: 'device', major: 1, minor: 5 });
    expect(decideDanger(factsOf({ type: 'char', major: 1, minor: 5 }), zero)).toEqual([]);
    expect(kindsOf(decideDanger(factsOf({ type: 'char', major: 1, minor: 1 }), zero))).toEqual(['device']);
    expect(kindsOf(decideDanger(factsOf({ type: 'block', major: 1, minor: 5 }), zero))).toEqual(['device']);
  });
});

function kindsOf(differences: readonly { readonly kind: string }[]): readonly string[] {
  return differences.map(({ kind }) => kind);
}

function entryOf(path: string, more: Partial<ManifestEntry> = {}): ManifestEntry {
  const common = { type: 'file', section: 'programs', why: 'x', mode: '0755', uid: 0, gid: 0 } as const;
  return { ...common, path: treePath(path), ...more };
}

function factsOf(more: Partial<FileFacts> = {}): FileFacts {
  const ownership = { mode: 0o755, uid: 0, gid: 0 };
  return {
    type: 'file',
    ...ownership,
    size: 0,
    mtimeMs: 0,
    identity: '',
    major: 0,
    minor: 0,
    isMount: false,
    ...more,
  };
}
