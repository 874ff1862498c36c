import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { decideRecipient } from '../../src/mail/decide-recipient.ts';
import { type OpenMailView, openMailView } from '../../src/mail/open-mail-view.ts';
import { compileSwapper, startSwapper } from '../support/start-swapper.ts';
import { addBob, domain, firstUid, treeTest } from '../support/tree-users.ts';

const it = treeTest.extend<{ view: OpenMailView; home: string }>({
  view: async ({ sandbox, tree: _ }, use) => {
    using view = openMailView({ roots: [sandbox.root] });
    await use(view);
  },
  home: [
    async ({ sandbox, tree }, use) => {
      await addBob(sandbox);
      await use(join(tree, 'home/b/bob'));
    },
    { auto: true },
  ],
});

describe('openMailView', () => {
  it('finds who is in a tree, by its name and its aliases', ({ sandbox, view, home: _ }) => {
    symlinkSync(domain, join(sandbox.root, 'alias.org'));
    symlinkSync('alias.org', join(sandbox.root, 'alias2.org'));
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    expect(placeOf(view, 'bob@www.alias.org')).toBe('bob 200002 /home/b/bob');
    expect(placeOf(view, 'bob@alias2.org')).toBe('bob 200002 /home/b/bob');
    expect(placeOf(view, 'bob@other.org')).toBe('5.1.2');
  });

  it('lets mail wait for an alias that leads to nothing, out, or in a circle', ({ sandbox, view }) => {
    const targets = ['gone.org', '../../../etc', `${sandbox.root}/${domain}`, '.virtfs', 'circle.org', '.'];
    for (const [at, target] of targets.entries()) {
      symlinkSync(target, join(sandbox.root, at === 4 ? 'circle.org' : `a${at}.org`));
      expect(placeOf(view, `bob@${at === 4 ? 'circle' : `a${at}`}.org`)).toBe('4.3.5');
    }
  });

  it('takes no file of the root for a domain', ({ sandbox, view }) => {
    writeFileSync(join(sandbox.root, 'conf.ftp'), '');
    expect(placeOf(view, 'bob@conf.ftp')).toBe('5.1.2');
  });

  it('sees each change of a file at once', ({ tree, view }) => {
    expect(placeOf(view, 'dora@foo.bar.com')).toBe('5.1.1');
    chmodSync(join(tree, 'home/b/bob'), 0o755);
    appendFileSync(join(tree, 'etc/passwd'), 'dora:x:200003:200003::/home/b/bob:/bin/sh\n');
    expect(placeOf(view, 'dora@foo.bar.com')).toBe('dora 200003 /home/b/bob');
    for (let at = 0; at < 200; at++) {
      // As long as before, and within one tick of the file system's clock.
      rewrite(join(tree, 'etc/passwd'), /^dora:x:\d+/mu, `dora:x:${200_100 + at}`);
      expect(placeOf(view, 'dora@foo.bar.com')).toBe(`dora ${200_100 + at} /home/b/bob`);
    }
    writeFileSync(join(tree, 'etc/aliases'), 'dora: bob\n');
    expect(placeOf(view, 'dora@foo.bar.com')).toBe('bob 200002 /home/b/bob');
    unlinkSync(join(tree, 'etc/aliases'));
    expect(placeOf(view, 'dora@foo.bar.com')).toBe('dora 200299 /home/b/bob');
  });

  it('finds one of a hundred thousand', ({ tree, view }) => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `u${at}:x:${200_100 + at}:1::/:/bin/sh\n`);
    appendFileSync(join(tree, 'etc/passwd'), lines.join(''));
    expect(view.findDomain(domain)?.findAccount('u99999')?.uid).toBe(300_099);
  });

  it.for([
    ['uid 0', 'bob:x:0:0::/root:/bin/sh'],
    ['a group of root', 'bob:x:200002:0::/home/b/bob:/bin/sh'],
    ['a user of the host', 'bob:x:1000:1000::/home/b/bob:/bin/sh'],
    ['a user of another domain', 'bob:x:210001:210001::/home/b/bob:/bin/sh'],
  ])('lets mail wait for a passwd with %s', ([, line = ''], { tree, view }) => {
    rewrite(join(tree, 'etc/passwd'), /^bob:.*$/mu, line);
    expect(placeOf(view)).toBe('4.3.5');
  });

  it('leads a home that climbs out of the tree into the tree', ({ tree, view, sandbox }) => {
    mkdirSync(join(sandbox.base, 'canary/Maildir'), { recursive: true });
    chownSync(join(sandbox.base, 'canary'), firstUid, firstUid);
    for (const home of ['/../../../canary', `${sandbox.base}/canary`]) {
      rewrite(join(tree, 'etc/passwd'), /^bob:.*$/mu, `bob:x:200002:200002::${home}:/bin/sh`);
      expect(placeOf(view)).toBe('4.3.5');
    }
  });

  it.for(['etc/passwd', 'etc/group', 'etc/aliases'])(
    'does not wait for, follow or swallow %s',
    (path, { tree, view, sandbox }) => {
      const at = join(tree, path);
      const canary = join(sandbox.base, 'canary');
      writeFileSync(canary, 'bob:x:200005:200005::/:/bin/sh\n', { mode: 0o600 });
      rmSync(at, { force: true });
      for (const make of [
        () => execFileSync('mkfifo', [at]),
        () => symlinkSync(canary, at),
        () => execFileSync('mknod', [at, 'c', '1', '5']),
        () => mkdirSync(at),
        () => {
          writeFileSync(at, '');
          truncateSync(at, 2 ** 40);
        },
      ]) {
        make();
        expect(placeOf(view)).toBe('4.3.5');
        rmSync(at, { recursive: true });
      }
    },
  );

  it('does not follow an etc that leads out', ({ tree, view, sandbox }) => {
    const other = join(sandbox.base, 'etc');
    mkdirSync(other);
    copyFileSync(join(tree, 'etc/passwd'), join(other, 'passwd'));
    renameSync(join(tree, 'etc'), join(tree, 'etc.old'));
    symlinkSync(other, join(tree, 'etc'));
    expect(placeOf(view)).toBe('4.3.5');
  });

  it('spends little on a large passwd that changes all the time', ({ tree, view }) => {
    const line = 'x:::::::\n';
    appendFileSync(join(tree, 'etc/passwd'), line.repeat(800_000));
    const places = Array.from({ length: 20 }, () => {
      appendFileSync(join(tree, 'etc/passwd'), '#\n');
      return placeOf(view);
    });
    expect(places.filter((place) => place === '4.3.5').length).toBeGreaterThan(10);
  });

  it('lets mail wait for a group file with endless members', ({ tree, view }) => {
    appendFileSync(join(tree, 'etc/group'), `g:x:200009:${'a,'.repeat(600_000)}bob\n`);
    expect(placeOf(view)).toBe('4.3.5');
  });

  it('lets mail wait for a tree others may write, and for a record that is no good', ({
    sandbox,
    tree,
    view,
  }) => {
    chmodSync(tree, 0o777);
    expect(placeOf(view)).toBe('4.3.5');
    chmodSync(tree, 0o755);
    expect(placeOf(view)).not.toBe('4.3.5');
    rewrite(
      join(sandbox.root, `.virtfs/domains/${domain}.json`),
      /"version"/u,
      '"mail": {"relay": true}, "version"',
    );
    expect(placeOf(view)).toBe('4.3.5');
  });

  it('makes no domain unknown because a disk is not mounted', ({ sandbox }) => {
    const second = join(sandbox.disk, 'second');
    mkdirSync(second, { mode: 0o755 });
    using view = openMailView({ roots: [sandbox.root, second] });
    expect(placeOf(view, 'bob@other.org')).toBe('4.3.5');
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    execFileSync('mount', ['--bind', sandbox.root, second]);
    renameSync(join(sandbox.root, domain), join(sandbox.root, 'moved.org'));
    expect(placeOf(view, 'bob@other.org')).toBe('5.1.2');
    // Which is held open.
    execFileSync('umount', ['--lazy', second]);
    expect(placeOf(view, 'bob@other.org')).toBe('4.3.5');
  });
});

describe('the .forward of a user', () => {
  it('counts when it is his alone', ({ view, home }) => {
    putForward(home, 'carl@far.org');
    expect(placeOf(view)).toBe('-> carl@far.org');
  });

  it.for([
    ['others may write', (file: string) => chmodSync(file, 0o666)],
    ['his group may write', (file: string) => chmodSync(file, 0o620)],
    ['is root’s', (file: string) => chownSync(file, 0, firstUid)],
    ['he may not read', (file: string) => chmodSync(file, 0o000)],
    ['is too large', (file: string) => truncateSync(file, 65_537)],
  ] as const)('does not count when it is one that %s', ([, spoil], { view, home }) => {
    putForward(home, 'carl@far.org');
    spoil(join(home, '.forward'));
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
  });

  it('is neither waited for nor followed', ({ view, home, sandbox }) => {
    const file = join(home, '.forward');
    const canary = join(sandbox.base, 'canary');
    writeFileSync(canary, 'carl@far.org\n');
    chownSync(canary, firstUid, firstUid);
    execFileSync('mkfifo', [file]);
    chownSync(file, firstUid, firstUid);
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    unlinkSync(file);
    symlinkSync(canary, file);
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
  });

  it('is read with his permissions', ({ view, home }) => {
    putForward(home, 'carl@far.org');
    chmodSync(home, 0o000);
    expect(placeOf(view)).toBe('4.3.5');
  });

  it('shows nothing of the host while its folder is swapped for a link', async ({ view, home, sandbox }) => {
    const outside = join(sandbox.base, 'outside');
    mkdirSync(join(outside, 'Maildir'), { recursive: true });
    putForward(outside, 'stolen@far.org');
    for (const path of [outside, join(outside, 'Maildir')]) chownSync(path, firstUid, firstUid);
    await using swapper = await startSwapper(compileSwapper(sandbox.base), outside, [home]);
    const places = new Set<string>();
    for (let at = 0; at < 3000; at++) places.add(placeOf(view));
    expect(await swapper.stop()).toBeGreaterThan(100);
    expect([...places].filter((place) => place !== '4.3.5')).toEqual(['bob 200002 /home/b/bob']);
  });
});

describe('the quota of a mailbox', () => {
  it('is told by a count that is new, and else left to the delivery', ({ sandbox, view, home }) => {
    rewrite(
      join(sandbox.root, `.virtfs/domains/${domain}.json`),
      /"version"/u,
      '"mail": {"quota": {"bytes": 1000, "over": "hard"}}, "version"',
    );
    const file = join(home, 'Maildir/maildirsize');
    const put = (text: string) => writeFileSync(file, text);
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    put('1000S\n999 1\n');
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    put('1000S\n1001 1\n');
    expect(placeOf(view)).toBe('5.2.2');
    put('1000S\n999 1\n2 1\n');
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    put('1000S\n1001 1\n');
    utimesSync(file, new Date(), new Date(Date.now() - 16 * 60 * 1000));
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    put('nonsense');
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
    unlinkSync(file);
    execFileSync('mkfifo', [file]);
    expect(placeOf(view)).toBe('bob 200002 /home/b/bob');
  });
});

/** `user uid home` and forwards, or the status of a refusal. */
function placeOf(view: OpenMailView, address = `bob@${domain}`): string {
  const { result } = decideRecipient(address, view);
  if (result.type !== 'mailboxes') return result.status;
  return [
    ...result.recipients.map(({ mailbox: { user, uid, home } }) => `${user} ${uid} ${home}`),
    ...result.forwards.map((to) => `-> ${to}`),
  ].join(', ');
}

function putForward(home: string, text: string): void {
  const file = join(home, '.forward');
  writeFileSync(file, `${text}\n`, { mode: 0o644 });
  chownSync(file, firstUid, firstUid);
}

/** In place: the file stays the one it is. */
function rewrite(file: string, from: RegExp, to: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}
