import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { deliverHere } from '../../src/mail/deliver-here.ts';
import { DeliveryPool } from '../../src/mail/delivery-pool.ts';
import type { Mailbox } from '../../src/mail/mail-types.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import {
  delivered,
  envelopeTo,
  maildirOf,
  makeMailTrees,
  readerOf,
  readMessages,
  shortOf,
} from '../support/mail-trees.ts';
import { needs } from '../support/needs.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { sandboxTest } from '../support/trees-root.ts';

interface Scene {
  readonly bob: Mailbox;
  readonly eve: Mailbox;
  /** A maildir outside of the tree that everybody may write into. */
  readonly canary: string;
}

const test = sandboxTest.extend<{ scene: Scene }>({
  scene: async ({ sandbox }, use) => {
    const [bob, eve] = makeMailTrees(sandbox.root, ['foo.org'], ['bob', 'eve']);
    if (bob === undefined || eve === undefined) throw new Error('no mailboxes');
    const canary = makeCanary(join(sandbox.disk, 'canary'));
    for (const part of ['new', 'cur', 'tmp', 'Maildir/new', 'Maildir/cur', 'Maildir/tmp'])
      mkdirSync(join(canary, part), { recursive: true });
    // Even what belongs to the user elsewhere is not for mail to this tree.
    execFileSync('chown', ['-R', `${bob.uid}`, canary]);
    execFileSync('chmod', ['-R', 'a+rwX', canary]);
    // Folders on the way to it, which stop no one.
    execFileSync('chmod', ['0755', sandbox.base, sandbox.disk, sandbox.root]);
    await use({ bob, eve, canary });
  },
});

const hello = 'Subject: hello\n\nHello\n';

type Attack = (scene: Scene, sandbox: { readonly base: string }) => Mailbox | undefined;

const attacks: Readonly<Record<string, Attack>> = {
  'Maildir is a link out': ({ bob, canary }) => replace(bob, '', (path) => symlinkSync(canary, path)),
  'Maildir is a link to another of the home': ({ bob }) =>
    replace(bob, '', (path) => {
      mkdirSync(`${path}2`);
      chownSync(`${path}2`, bob.uid, bob.gid);
      symlinkSync('Maildir2', path);
    }),
  'tmp is a link out': ({ bob, canary }) => replace(bob, 'tmp', (path) => symlinkSync(`${canary}/tmp`, path)),
  'new is a link out': ({ bob, canary }) => replace(bob, 'new', (path) => symlinkSync(`${canary}/new`, path)),
  'Maildir is a FIFO': ({ bob }) => replace(bob, '', (path) => execFileSync('mkfifo', ['-m', '666', path])),
  'tmp is a FIFO': ({ bob }) => replace(bob, 'tmp', (path) => execFileSync('mkfifo', ['-m', '666', path])),
  'Maildir is a file': ({ bob }) => replace(bob, '', (path) => writeFileSync(path, '')),
  'new is a file': ({ bob }) => replace(bob, 'new', (path) => writeFileSync(path, '')),
  'Maildir belongs to another user': ({ bob, eve }) => foreign(bob, eve, ''),
  'tmp belongs to another user': ({ bob, eve }) => foreign(bob, eve, 'tmp'),
  'new belongs to another user': ({ bob, eve }) => foreign(bob, eve, 'new'),
  'the home is that of another user': ({ bob, eve }) => ({ ...bob, home: eve.home }),
  'the home is ../..': ({ bob }) => ({ ...bob, home: '../..' }),
  'the home is a way out by dots': ({ bob }, { base }) => ({
    ...bob,
    home: `/../../../../..${base}/disk/canary`,
  }),
  'the home is a link out': ({ bob, canary }) => {
    symlinkSync(canary, maildirOf(bob, '../../out'));
    return { ...bob, home: '/home/out' };
  },
  'the home is a relative link out': ({ bob }) => {
    symlinkSync('../../../canary', maildirOf(bob, '../../out'));
    return { ...bob, home: '/home/out' };
  },
  'the home is a link of /proc': ({ bob, canary }) => {
    mkdirSync(maildirOf(bob, '../../../proc'));
    execFileSync('mount', ['-t', 'proc', 'proc', maildirOf(bob, '../../../proc')]);
    return { ...bob, home: `/proc/self/root${canary}` };
  },
  'the folder is a link out': ({ bob, canary }) => {
    replace(bob, '.work', (path) => symlinkSync(canary, path));
    return { ...bob, folder: '.work' };
  },
  'the folder has a way out in its name': ({ bob }) => {
    makeMaildir(bob);
    return { ...bob, folder: '../../../../../canary' };
  },
  'the folder is the mailbox’s parent': ({ bob }) => {
    makeMaildir(bob);
    return { ...bob, folder: '..' };
  },
  'maildirsize is a directory': ({ bob }) => {
    replace(bob, 'maildirsize', (path) => mkdirSync(path));
    return { ...bob, quota: { bytes: 1e6, messages: undefined, over: 'hard' } };
  },
};

describe.runIf(needs('root'))('A delivery', () => {
  test.for(Object.entries(attacks))('goes nowhere else when %s', ([, attack], { scene, sandbox }) => {
    const mailbox = attack(scene, sandbox) ?? scene.bob;
    const before = describeCanary(scene.canary);
    const open = readdirSync('/proc/self/fd').length;
    for (const message of [hello, 'x'.repeat(600_000)]) {
      const [result] = deliverHere(envelopeTo(mailbox), readerOf(message, 100_000));
      expect(result && shortOf(result)).toMatch(/^later 4\.2\.[01]$/u);
    }
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
    expect(describeCanary(scene.canary)).toBe(before);
    expect(filesBelow(scene.eve)).toEqual([]);
  });

  test.for(['link', 'FIFO'])('makes anew a maildirsize that is a %s', (kind, { scene: { bob, canary } }) => {
    replace(bob, 'maildirsize', (path) =>
      kind === 'link' ? symlinkSync(`${canary}/passwd`, path) : execFileSync('mkfifo', ['-m', '666', path]),
    );
    const before = describeCanary(canary);
    const mailbox: Mailbox = { ...bob, quota: { bytes: 1e6, messages: undefined, over: 'hard' } };
    expect(deliverHere(envelopeTo(mailbox), readerOf(hello)).map(shortOf)).toEqual(['in Maildir/new']);
    expect(lstatSync(maildirOf(bob, 'maildirsize')).isFile()).toBe(true);
    expect(describeCanary(canary)).toBe(before);
  });

  test('follows links that stay in the tree, as its programs do', ({ scene: { bob } }) => {
    symlinkSync('/home/bob', maildirOf(bob, '../../../home/b'));
    const linked = { ...bob, home: '/../home/./b' };
    expect(deliverHere(envelopeTo(linked), readerOf(hello)).map(shortOf)).toEqual(['in Maildir/new']);
    expect(readMessages(bob)).toEqual([delivered(bob, hello)]);
  });

  test('never leaves the mailbox while folders on the way turn into links', { timeout: 120_000 }, async ({
    scene: { bob, canary },
    sandbox,
  }) => {
    makeMaildir(bob);
    const before = describeCanary(canary);
    const folders = ['', 'tmp', 'new', '..'].map((name) => maildirOf(bob, name));
    const swapper = await startSwapper(compileSwapper(sandbox.base), canary, folders);
    const pool = new DeliveryPool(4);
    const acknowledged: string[] = [];
    let later = 0;
    const send = async (sender: number): Promise<void> => {
      for (let number = 0; number < 500; number++) {
        const message = `Subject: ${sender} ${number}\n\n`;
        const [result] = await pool.deliver(envelopeTo(bob), Buffer.from(message));
        if (result?.type === 'delivered') acknowledged.push(delivered(bob, message));
        else if (result?.type === 'later') later += 1;
        else expect(result).toBeUndefined();
      }
    };
    await Promise.all([0, 1, 2, 3].map(send));
    const swaps = await swapper.stop();
    await pool.close();
    process.stdout.write(`${acknowledged.length} delivered, ${later} later, ${swaps} swaps\n`);
    expect(describeCanary(canary)).toBe(before);
    expect(Math.min(acknowledged.length, later, swaps)).toBeGreaterThan(20);
    // Folders may have been made anew while the others were aside: what was acknowledged is in one of them.
    const found = execFileSync('grep', ['-rh', '^Subject:', join(bob.root, bob.domain)], {
      encoding: 'utf8',
    });
    const subjects = found.trimEnd().split('\n').sort();
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects).toEqual(acknowledged.map((text) => text.split('\n')[2]).sort());
  });
});

/** A whole mailbox, with what `make` puts in the place of one part of it. */
function replace(bob: Mailbox, part: string, make: (path: string) => unknown): undefined {
  makeMaildir(bob);
  const path = maildirOf(bob, part).replace(/\/$/u, '');
  rmSync(path, { recursive: true, force: true });
  make(path);
  if (!lstatSync(path).isSymbolicLink()) chownSync(path, bob.uid, bob.gid);
  return undefined;
}

function foreign(bob: Mailbox, eve: Mailbox, part: string): undefined {
  replace(bob, part, (path) => {
    mkdirSync(path);
    for (const below of part === '' ? ['new', 'cur', 'tmp'] : []) mkdirSync(join(path, below));
  });
  execFileSync('chown', ['-R', `${eve.uid}`, maildirOf(bob, part)]);
  execFileSync('chmod', ['-R', '0777', maildirOf(bob, part)]);
  return undefined;
}

function makeMaildir(bob: Mailbox): void {
  for (const part of ['', 'new', 'cur', 'tmp']) {
    mkdirSync(maildirOf(bob, part), { mode: 0o700 });
    chownSync(maildirOf(bob, part), bob.uid, bob.gid);
  }
}

function filesBelow(mailbox: Mailbox): readonly string[] {
  return readdirSync(maildirOf(mailbox, '..'));
}
