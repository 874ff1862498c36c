import { describe, expect, test } from 'vitest';
import type { IdFacts, KernelFacts, RootFacts, TreesFacts } from '../../../../src/domain/machine-facts.ts';
import { describeIds } from '../../../../src/pipeline/doctor/describe-ids.ts';
import { describeKernel } from '../../../../src/pipeline/doctor/describe-kernel.ts';
import { describeRoot } from '../../../../src/pipeline/doctor/describe-root.ts';
import {
  describeHooks,
  describeLimits,
  describeRuntime,
} from '../../../../src/pipeline/doctor/describe-runtime.ts';
import { describeTrees } from '../../../../src/pipeline/doctor/describe-trees.ts';
import type { Finding } from '../../../../src/pipeline/doctor/finding.ts';

const kernel: KernelFacts = {
  release: '6.12.1',
  openat2: true,
  mountApi: true,
  privateProc: true,
  landlock: 6,
  seccomp: true,
  pidfd: true,
  userNamespaces: true,
  legacyTiocsti: false,
};

describe('describeKernel', () => {
  test('finds nothing wrong with a kernel that has all', () => {
    expect(levels(describeKernel(kernel))).toEqual(['ok']);
  });

  // biome-ignore format: a table
  test.for<[facts: Partial<KernelFacts>, level: string, what: RegExp]>([
    [{ openat2: false },            'problem', /openat2/u],
    [{ mountApi: false },           'problem', /mount_setattr/u],
    [{ seccomp: false },            'problem', /seccomp/u],
    [{ pidfd: false },              'problem', /pidfd_open/u],
    [{ privateProc: false },        'problem', /hidepid/u],
    [{ privateProc: undefined },    'unseen',  /\/proc/u],
    [{ landlock: 3 },               'note',    /Landlock 3/u],
    [{ landlock: 1 },               'note',    /trace one another/u],
    [{ legacyTiocsti: true },       'note',    /legacy_tiocsti/u],
    [{ legacyTiocsti: undefined },  'note',    /legacy_tiocsti/u],
  ])('says of %j: %s', ([facts, level, what]) => {
    expectOne(describeKernel({ ...kernel, ...facts }), level, what);
  });
});

describe('describeRuntime', () => {
  const runtime = { node: '26.10.0', passwords: 'yescrypt', strace: '/usr/bin/strace' } as const;

  // biome-ignore format: a table
  test.for<[facts: Partial<Parameters<typeof describeRuntime>[0]>, level: string, what: RegExp]>([
    [{ node: '24.14.9' },           'problem', /older than 24\.15/u],
    [{ passwords: 'sha512crypt' },  'note',    /yescrypt/u],
    [{ passwords: 'none' },         'problem', /libcrypt/u],
    [{ strace: undefined },         'note',    /strace/u],
  ])('says of %j: %s', ([facts, level, what]) => {
    expectOne(describeRuntime({ ...runtime, ...facts }), level, what);
  });

  test('is content with Node.js 24.15 and later', () => {
    for (const node of ['24.15.0', '25.0.0'])
      expect(levels(describeRuntime({ ...runtime, node }))).toEqual(['ok']);
  });
});

describe('describeLimits', () => {
  const limits = { openFilesHard: 4096, processes: Number.POSITIVE_INFINITY, filesInUse: 10, filesMost: 100 };

  test('notes limits that are few, and a table of files that is nearly full', () => {
    expect(levels(describeLimits(limits))).toEqual(['ok']);
    expectOne(describeLimits({ ...limits, openFilesHard: 256 }), 'note', /256 open files/u);
    expectOne(describeLimits({ ...limits, filesInUse: 95 }), 'problem', /95 files open/u);
    expect(
      describeLimits({ openFilesHard: undefined, processes: undefined, filesInUse: 1, filesMost: undefined }),
    ).toEqual([]);
  });
});

describe('describeHooks', () => {
  // biome-ignore format: a table
  test.for<[facts: Parameters<typeof describeHooks>[0], found: readonly string[]]>([
    [{ apt: false, unit: 'absent',  systemd: true },  ['note']],
    [{ apt: true,  unit: 'enabled', systemd: true },  ['ok']],
    [{ apt: true,  unit: 'present', systemd: true },  ['ok', 'problem']],
    [{ apt: true,  unit: 'absent',  systemd: true },  ['ok', 'problem']],
    [{ apt: true,  unit: 'absent',  systemd: false }, ['ok']],
    [{ apt: false, unit: 'enabled', systemd: true },  ['note', 'ok']],
  ])('says of %j: %j', ([facts, found]) => {
    expect(levels(describeHooks(facts))).toEqual(found);
  });
});

const trees: TreesFacts = {
  domains: [
    {
      domain: 'a.example',
      uids: { first: 200_000, count: 10_000 },
      link: 'hardlink',
      isHeld: false,
      hasSetId: false,
    },
  ],
  unreadable: [],
  outdated: new Map(),
  storeObjects: 7,
  mostNames: 3,
  trash: [],
};
const disk = {
  type: 'ext4',
  options: ['rw', 'relatime'],
  free: 5e9,
  size: 1e10,
  inodesFree: 50_000,
  inodes: 100_000,
};
const root: RootFacts = {
  root: '/virtual',
  state: { type: 'usable', isOpenToOthers: false },
  disk,
  link: 'hardlink',
  trees,
};
const [domain] = trees.domains;

describe('describeRoot', () => {
  test('finds nothing wrong with a good one', () => {
    expect(levels(describeRoot(root))).toEqual(['ok']);
  });

  // biome-ignore format: a table
  test.for<[facts: Partial<RootFacts>, level: string, what: RegExp]>([
    [{ state: { type: 'missing' } },                                'note',    /no such folder/u],
    [{ state: { type: 'unseen' } },                                 'unseen',  /root alone/u],
    [{ state: { type: 'usable', isOpenToOthers: true } },           'note',    /reach into it/u],
    [{ state: { type: 'refused', why: 'it is\n bad', mend: 'x' } }, 'problem', /it is\\x0a bad/u],
    [{ disk: { ...disk, options: ['ro'] } },                        'problem', /read-only/u],
    [{ disk: { ...disk, options: ['rw', 'noexec'] } },              'problem', /noexec/u],
    [{ disk: { ...disk, options: ['rw', 'nodev'] } },               'problem', /nodev/u],
    [{ disk: { ...disk, options: ['rw', 'nosuid'] } },              'note',    /nosuid/u],
    [{ disk: { ...disk, free: 1e6 } },                              'problem', /1 MB free/u],
    [{ disk: { ...disk, free: 3e8 } },                              'note',    /300 MB free of 10 GB/u],
    [{ disk: { ...disk, inodesFree: 10 } },                         'problem', /10 inodes free/u],
    [{ link: 'copy' },                                              'note',    /share no files/u],
  ])('says of %j: %s', ([facts, level, what]) => {
    expectOne(describeRoot({ ...root, ...facts }), level, what);
  });

  test('takes nosuid for a problem where a tree has set-id programs', () => {
    const setId = { ...trees, domains: domain === undefined ? [] : [{ ...domain, hasSetId: true }] };
    expectOne(
      describeRoot({ ...root, disk: { ...disk, options: ['nosuid'] }, trees: setId }),
      'problem',
      /nosuid/u,
    );
  });

  test('counts no inodes where the file system does not', () => {
    const words = describeRoot({ ...root, disk: { ...disk, inodes: 0, inodesFree: 0 } }).map(
      ({ what }) => what,
    );
    expect(words.join()).not.toContain('inodes');
  });

  test('says which trees share otherwise than a new one would', () => {
    expect(JSON.stringify(describeRoot({ ...root, link: 'reflink' }))).toContain('a.example by hardlink');
  });
});

describe('describeTrees', () => {
  const now = '2026-11-23T00:00:00.000Z';
  const old = {
    domain: 'old.example',
    removed: '2026-01-02T00:00:00.000Z',
    expires: '2026-02-01T00:00:00.000Z',
  };
  const young = { domain: 'young.example', removed: '2026-11-22T00:00:00.000Z', expires: undefined };

  test('finds nothing wrong with trees that are current', () => {
    expect(levels(describeTrees('/virtual', trees, now))).toEqual(['ok']);
    expect(levels(describeTrees('/virtual', { ...trees, trash: [young] }, now))).toEqual(['ok']);
  });

  // biome-ignore format: a table
  test.for<[facts: Partial<TreesFacts>, level: string, what: RegExp]>([
    [{ unreadable: ['cannot read x: \u001b'] },                                 'problem', /cannot read x: \\x1b/u],
    [{ outdated: new Map([['a.example', 2]]) },                                 'problem', /1 tree behind this host: a\.example \(2 files\)/u],
    [{ domains: domain === undefined ? [] : [{ ...domain, isHeld: true }] },    'note',    /held back.*a\.example/u],
    [{ trash: [young, old] },                                                   'note',    /2 removed trees.*old\.example of 2026-01-02; 1 may go/u],
  ])('says of %j: %s', ([facts, level, what]) => {
    expectOne(describeTrees('/virtual', { ...trees, ...facts }, now), level, what);
  });

  test('tells when a file of the store comes near the end of its names', () => {
    expect(JSON.stringify(describeTrees('/virtual', { ...trees, mostNames: 64_000 }, now))).toContain(
      '64000 names',
    );
  });
});

describe('describeIds', () => {
  const ids: IdFacts = { first: 200_000, count: 10_000, domains: [], host: [{ first: 0, count: 1 }] };
  const a = { domain: 'a.example', uids: { first: 200_000, count: 10_000 } };
  const b = { domain: 'b.example', uids: { first: 210_000, count: 10_000 } };

  test('finds nothing wrong with ranges side by side', () => {
    expect(levels(describeIds({ ...ids, domains: [b, a], host: [{ first: 199_999, count: 1 }] }))).toEqual([
      'ok',
    ]);
  });

  test('finds domains that share ids', () => {
    const shared = { ...b, uids: { first: 209_999, count: 2 } };
    expectOne(
      describeIds({ ...ids, domains: [shared, a] }),
      'problem',
      /a\.example and b\.example share ids from 209999/u,
    );
  });

  test('finds ids that the host uses too', () => {
    expectOne(
      describeIds({ ...ids, domains: [a], host: [{ first: 209_999, count: 1 }] }),
      'problem',
      /the id 209999/u,
    );
    expectOne(
      describeIds({ ...ids, domains: [a], host: [{ first: 100_000, count: 100_001 }] }),
      'problem',
      /100000 to 200000/u,
    );
  });

  test('notes that few ranges are left', () => {
    expectOne(describeIds({ ...ids, first: 2 ** 31 - 2 - 20_000 }), 'note', /about 2 more/u);
  });
});

function levels(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ level }) => level))];
}

/** One finding is not ok, and it is this. */
function expectOne(findings: readonly Finding[], level: string, what: RegExp): void {
  const found = findings.filter((finding) => finding.level !== 'ok');
  expect(found.map((finding) => [finding.level, finding.what])).toEqual([
    [level, expect.stringMatching(what)],
  ]);
}
