import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draw } from '../support/draw.ts';
import { needs } from '../support/needs.ts';
import { mapInLanes } from '../support/run-alone.ts';
import { runAside } from '../support/run-aside.ts';
import type { Ended } from '../support/run-virtexec.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const domain = 'howto.example';
const folders = ['usr/bin', 'usr/sbin', 'bin', 'sbin'];
const seed = Number(process.env.VIRTFS_TEST_SEED || Math.floor(Math.random() * 2 ** 31));

/** Not called on the host, however well it is kept away from there. */
const dangerous =
  /^(?:shutdown|reboot|halt|poweroff|(?:tel)?init|runlevel|kexec|mkfs.*|mke2fs|mkswap|[cs]?fdisk|swapo(?:n|ff)|wipefs|blkdiscard)$/u;

/** Why a program may end otherwise than on the host, or miss what it finds there. */
// biome-ignore format: a table
const reasons: readonly (readonly [program: RegExp, reason: string])[] = [
  [/^(?:chmem|lsmem)$/u,                     'it reads /sys, which no tree has'],
  [/^cpan/u,                                 'its status is the error of writing to /: the host is shown read-only, the tree is not'],
  [/^(?:debconf-.*|dpkg-preconfigure|dpkg-reconfigure|make-ssl-cert|pam-auth-update)$/u,
                                             'the answers debconf has are the host\'s; the first call by root begins those of a tree'],
  [/^git-(?:receive-pack|upload-archive|upload-pack)$/u, 'it shows its manual, and manuals stay on the host'],
  [/^jk_/u,                                  'its modules are in a folder of its own, which no interpreter line names'],
  [/^pg_updatedicts$/u,                      'it writes into a folder of /var/cache, which the first call by root makes'],
];

/** What programs say that lack a part of theirs. */
const complaint =
  /not found|cannot open|can't open|could not open|cannot load|cannot find|No module named|Can't locate|No such file|not installed|does not exist|unable to open|No schemas|missing/iu;

const canRun = needs('root', { program: 'unshare' }, { program: 'setpriv' }) && hasRoom();

describe.runIf(canRun)('a tree of the profile howto', () => {
  let sandbox: Sandbox;
  const hostPrograms = listHostPrograms();
  const isInTree = (name: string) =>
    folders.some((folder) => existsSync(join(sandbox.root, domain, folder, name)));

  beforeAll(async () => {
    sandbox = mountSandbox();
    outOf(await sandbox.virtfs(['create', domain, '--profile', 'howto']));
  });
  afterAll(() => sandbox[Symbol.dispose]());

  test('holds every program of bin and sbin, but for those it says it leaves out', async () => {
    const missing = hostPrograms.filter((name) => !isInTree(name));
    const show = await sandbox.virtfs(['show', domain, '--json']);
    const { notices } = JSON.parse(outOf(show)) as { readonly notices: readonly string[] };
    const told = notices.flatMap(
      (notice) => /^left out [^/]*: (?<names>.*)$/u.exec(notice)?.groups?.names ?? [],
    );
    expect(missing.length).toBe(told.reduce((sum, names) => sum + countNames(names), 0));
  });

  test(`runs 200 of them, drawn with VIRTFS_TEST_SEED=${seed}, as the host does`, {
    timeout: 600_000,
  }, async () => {
    const fit = hostPrograms.filter((name) => isInTree(name) && !dangerous.test(name));
    const drawn = draw(fit, 200, seed);
    expect(drawn.length).toBe(Math.min(200, fit.length));
    const differing = await mapInLanes(drawn, 2, async (program) => {
      if (reasons.some(([pattern]) => pattern.test(program))) return [];
      const { words, here, there } = await runBoth(program);
      const lacks = complaintsIn(here).filter((line) => !complaintsIn(there).includes(line));
      const isSame = statusOf(here) === statusOf(there) && lacks.length === 0;
      return isSame ? [] : [{ words, lacks, here: cut(here), there: cut(there) }];
    });
    expect(differing.flat(), `the seed was ${seed}`).toEqual([]);
  });

  test.for(reasons)(
    'runs what matches %s at all, though otherwise than on the host: %s',
    async ([pattern]) => {
      const programs = hostPrograms.filter((name) => pattern.test(name) && isInTree(name));
      const broken = await mapInLanes(programs, 2, async (program) => {
        const here = await sandbox.virtexec(['--domain', domain, program, '--help'], {
          env: places,
          timeout: 30_000,
        });
        const isBroken =
          here.status === 126 || here.status === 127 || /shared object|Can't locate/u.test(here.err);
        return isBroken ? [{ program, here: cut(here) }] : [];
      });
      expect(broken.flat()).toEqual([]);
    },
  );

  /** `--version` on both sides, as nobody; where the host does not know that, `--help`. */
  async function runBoth(program: string) {
    const who = { HOME: '/nonexistent', USER: 'nobody', LOGNAME: 'nobody', SHELL: '/usr/sbin/nologin' };
    const env = { ...places, ...who, VIRTFS_DOMAIN: domain };
    let words = [program, '--version'];
    let there = await runAside(words, { env, hostname: domain, uid: 65_534 });
    if (there.status !== 0) {
      words = [program, '--help'];
      there = await runAside(words, { env, hostname: domain, uid: 65_534 });
    }
    const inside = ['--domain', domain, '--user', 'nobody', ...words];
    return { words, there, here: await sandbox.virtexec(inside, { env: places, timeout: 30_000 }) };
  }
});

const places = { TERM: 'dumb', LANG: 'C.UTF-8' };

/** As a shell gives it: the host's programs are called by one. */
function statusOf({ status, signal }: Ended): number {
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Lines that complain, with what differs from run to run made the same: numbers, and why nobody may write. */
function complaintsIn({ out, err }: Ended): readonly string[] {
  return `${err}\n${out}`
    .split('\n')
    .filter((line) => complaint.test(line))
    .map((line) => line.replace(/\d+/gu, '0').replace('Read-only file system', 'Permission denied'));
}

function listHostPrograms(): readonly string[] {
  const names = folders.flatMap((folder) =>
    readdirSync(join('/', folder)).filter((name) => {
      const file = statSync(join('/', folder, name), { throwIfNoEntry: false });
      return file?.isFile() && (file.mode & 0o111) !== 0;
    }),
  );
  return [...new Set(names)].sort();
}

/** How many names `a b c and 5 more` stands for. */
function countNames(text: string): number {
  const { listed = '', more = '0' } = /^(?<listed>.*?)(?: and (?<more>\d+) more)?$/u.exec(text)?.groups ?? {};
  return listed.split(' ').length + Number(more);
}

function cut({ out, err, ...how }: Ended): Ended {
  return { ...how, out: out.slice(0, 500), err: err.slice(0, 1000) };
}

/** The tree and the store are in memory: about 2 GB of a machine with compilers. */
function hasRoom(): boolean {
  const isThere = process.availableMemory() > 4e9;
  if (!isThere && process.env.VIRTFS_TEST_STRICT)
    throw new Error('this host has less than 4 GB of memory to spare');
  return isThere;
}
