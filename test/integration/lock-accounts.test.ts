import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { putAccount } from '../../src/domain/account-lines.ts';
import { type LockedAccounts, withAccountsLocked } from '../../src/engine/lock-accounts.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { needs } from '../support/needs.ts';
import { startPosixLocker } from '../support/posix-locker.ts';

interface Tree {
  readonly path: string;
  readonly etc: string;
  readonly fd: number;
}

const test = base.extend<{ tree: Tree }>({
  tree: async ({ task: _ }, use) => {
    const path = mkdtempSync(join(tmpdir(), 'virtfs-accounts-'));
    const etc = join(path, 'etc');
    mkdirSync(etc);
    writeFileSync(join(etc, 'passwd'), 'root:x:0:0::/root:/bin/sh\n# \xff kept\n', 'latin1');
    writeFileSync(join(etc, 'group'), 'root:x:0:\nshadow:x:42:\n');
    writeFileSync(join(etc, 'shadow'), 'root:*:::::::\n');
    writeFileSync(join(etc, 'gshadow'), 'root:!::\n');
    const fd = openSync(path, 'r');
    try {
      await use({ path, etc, fd });
    } finally {
      closeSync(fd);
      rmSync(path, { recursive: true });
    }
  },
});

describe.runIf(needs('root', { program: 'perl' }))('withAccountsLocked', () => {
  test('replaces what was changed, byte for byte elsewhere, with owner and mode', async ({ tree }) => {
    const before = lstatSync(join(tree.etc, 'group')).ino;
    chmodSync(join(tree.etc, 'shadow'), 0o666);
    await locked(tree, addBob);
    expect(readFileSync(join(tree.etc, 'passwd'), 'latin1')).toBe(
      'root:x:0:0::/root:/bin/sh\n# \xff kept\nbob:x:7:7::/:/bin/false\n',
    );
    expect(statOf(tree, 'passwd')).toBe('644 0:0');
    expect(statOf(tree, 'shadow')).toBe('640 0:42');
    expect(lstatSync(join(tree.etc, 'group')).ino).toBe(before);
    expect(readdirSync(tree.etc).sort()).toEqual(['.pwd.lock', 'group', 'gshadow', 'passwd', 'shadow']);
  });

  test('gives passwords to no group that the tree calls shadow and the host something else', async ({
    tree,
  }) => {
    writeFileSync(join(tree.etc, 'group'), 'root:x:0:\nshadow:x:1000:\n');
    await locked(tree, addBob);
    expect(statOf(tree, 'shadow')).toBe('640 0:42');
  });

  test('waits for a program that holds the lock of lckpwdf, and says so', async ({ tree }) => {
    let waits = 0;
    let done = false;
    const holder = await startPosixLocker(join(tree.etc, '.pwd.lock'));
    const work = withAccountsLocked(tree.fd, { ...lock, onWait: () => waits++ }, addBob).then(() => {
      done = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([waits, done]).toEqual([1, false]);
    await holder[Symbol.asyncDispose]();
    await work;
    expect(readFileSync(join(tree.etc, 'passwd'), 'latin1')).toContain('bob:');
  });

  test('keeps a program that takes the lock of lckpwdf out', async ({ tree }) => {
    await locked(tree, async () => {
      await expect(startPosixLocker(join(tree.etc, '.pwd.lock'))).rejects.toThrow('it did not lock');
    });
  });

  test('lets one after the other in', async ({ tree }) => {
    let inside = 0;
    const enter = async ({ files, put }: LockedAccounts, name: string) => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      put({ ...files, group: putAccount('group', files.group, [name, 'x', '9', '']) }, ['group']);
      inside -= 1;
    };
    const names = Array.from({ length: 20 }, (_, index) => `g${index}`);
    await Promise.all(names.map((name) => locked(tree, (accounts) => enter(accounts, name))));
    const group = readFileSync(join(tree.etc, 'group'), 'latin1');
    expect(names.filter((name) => !group.includes(`\n${name}:`))).toEqual([]);
  });

  test('gives up after a while, and names who holds the lock', async ({ tree }) => {
    await using holder = await startPosixLocker(join(tree.etc, '.pwd.lock'));
    const error = await codeOf(withAccountsLocked(tree.fd, { ...lock, mostWait: 50 }, addBob));
    expect(error).toMatchObject({ code: 'BUSY', exitStatus: 75 });
    expect(error?.why).toContain(`process ${holder.pid} (perl)`);
  });

  test('stops waiting when it is told to', async ({ tree }) => {
    await using _holder = await startPosixLocker(join(tree.etc, '.pwd.lock'));
    const stop = new AbortController();
    const work = withAccountsLocked(tree.fd, { ...lock, signal: stop.signal }, addBob);
    stop.abort(new Error('told to'));
    await expect(work).rejects.toThrow('told to');
  });

  test('shows shadow-utils its number in lock files of theirs, whole', async ({ tree }) => {
    await locked(tree, () => {
      for (const name of ['passwd', 'group', 'shadow', 'gshadow'])
        expect(readFileSync(join(tree.etc, `${name}.lock`), 'latin1')).toBe(`${process.pid}\0`);
    });
  });

  test('respects a lock file whose process lives', async ({ tree }) => {
    await using holder = await startPosixLocker(join(tree.path, 'elsewhere'));
    writeFileSync(join(tree.etc, 'shadow.lock'), `${holder.pid}\0`);
    const error = await codeOf(withAccountsLocked(tree.fd, { ...lock, mostWait: 50 }, addBob));
    expect(error).toMatchObject({
      code: 'BUSY',
      why: expect.stringContaining(`process ${holder.pid} (perl)`),
    });
    expect(
      readdirSync(tree.etc)
        .filter((name) => name.includes('lock'))
        .sort(),
    ).toEqual(['.pwd.lock', 'shadow.lock']);
  });

  test('waits for it to go', async ({ tree }) => {
    await using holder = await startPosixLocker(join(tree.path, 'elsewhere'));
    writeFileSync(join(tree.etc, 'shadow.lock'), `${holder.pid}\0`);
    const work = locked(tree, addBob);
    setTimeout(() => rmSync(join(tree.etc, 'shadow.lock')), 50);
    await work;
  });

  // biome-ignore format: a list
  test.each([
    '', '0', '-1', '999999999', '4194305\0', '1 or 2', 'bob', '1\n2', '99999999999', '1'.repeat(40), `${process.pid}\0`,
  ])('breaks a lock file that says %j and so names nobody', async (text) => {
    const path = mkdtempSync(join(tmpdir(), 'virtfs-accounts-'));
    const etc = join(path, 'etc');
    mkdirSync(etc);
    for (const name of ['passwd', 'group', 'shadow', 'gshadow']) writeFileSync(join(etc, name), '');
    writeFileSync(join(etc, 'passwd.lock'), text);
    const fd = openSync(path, 'r');
    try {
      await withAccountsLocked(fd, lock, addBob);
      expect(existsSync(join(etc, 'passwd.lock'))).toBe(false);
    } finally {
      closeSync(fd);
      rmSync(path, { recursive: true });
    }
  });

  test('breaks a lock file older than the process that has its number now', async ({ tree }) => {
    await using holder = await startPosixLocker(join(tree.path, 'elsewhere'));
    writeFileSync(join(tree.etc, 'passwd.lock'), `${holder.pid}\0`);
    utimesSync(join(tree.etc, 'passwd.lock'), 1e9, 1e9);
    await locked(tree, addBob);
  });

  test('takes a link or a FIFO for no lock, and touches nothing behind it', async ({ tree }) => {
    const outside = join(tree.path, 'outside');
    writeFileSync(outside, `${process.ppid}\0`);
    symlinkSync(outside, join(tree.etc, 'passwd.lock'));
    execFileSync('mkfifo', [join(tree.etc, 'group.lock')]);
    await locked(tree, addBob);
    expect(readFileSync(outside, 'latin1')).toBe(`${process.ppid}\0`);
  });

  test('does not wait for ever where somebody makes a dead lock anew all the time', async ({ tree }) => {
    const name = join(tree.etc, 'passwd.lock');
    const busy = setInterval(() => writeFileSync(name, '0'), 0);
    const many = Array.from({ length: 4 }, () =>
      withAccountsLocked(tree.fd, { ...lock, mostWait: 30 }, addBob),
    );
    try {
      for (const end of await Promise.allSettled(many))
        if (end.status === 'rejected') expect(['TREE_UNSAFE', 'BUSY']).toContain(end.reason.code);
    } finally {
      clearInterval(busy);
    }
  });

  test('clears what a killed one left', async ({ tree }) => {
    for (const name of ['.virtfs-passwd', '.virtfs-shadow', '.virtfs-lock', 'group.lock'])
      writeFileSync(join(tree.etc, name), '999999999');
    linkSync(join(tree.etc, '.virtfs-lock'), join(tree.etc, 'passwd.lock'));
    await locked(tree, addBob);
    expect(readdirSync(tree.etc).sort()).toEqual(['.pwd.lock', 'group', 'gshadow', 'passwd', 'shadow']);
  });

  test('gives the lock back when the work fails', async ({ tree }) => {
    const failing = locked(tree, () => {
      throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    await locked(tree, addBob);
  });

  test.each(['passwd', 'group', 'shadow', 'gshadow', '.pwd.lock'])(
    'refuses a link, a FIFO and a folder as %s',
    async (name) => {
      for (const make of [
        (at: string) => symlinkSync('/etc/passwd', at),
        (at: string) => execFileSync('mkfifo', [at]),
        (at: string) => mkdirSync(at),
      ]) {
        const path = mkdtempSync(join(tmpdir(), 'virtfs-accounts-'));
        const etc = join(path, 'etc');
        mkdirSync(etc);
        for (const file of ['passwd', 'group']) writeFileSync(join(etc, file), '');
        rmSync(join(etc, name), { force: true });
        make(join(etc, name));
        const fd = openSync(path, 'r');
        const error = await codeOf(withAccountsLocked(fd, lock, addBob));
        expect(error?.code).toBe('TREE_UNSAFE');
        closeSync(fd);
        rmSync(path, { recursive: true });
      }
    },
  );

  test('goes on in the folder it has opened when another is put in its place', async ({ tree }) => {
    const outside = join(tree.path, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'passwd'), 'canary');
    await locked(tree, (accounts) => {
      renameSync(tree.etc, join(tree.path, 'moved'));
      symlinkSync(outside, tree.etc);
      addBob(accounts);
    });
    expect(readdirSync(outside)).toEqual(['passwd']);
    expect(readFileSync(join(tree.path, 'moved/passwd'), 'latin1')).toContain('bob:');
  });
});

const lock = { signal: new AbortController().signal, onWait: () => {} };

function locked<T>({ fd }: Tree, edit: (accounts: LockedAccounts) => T | Promise<T>): Promise<T> {
  return withAccountsLocked(fd, lock, edit);
}

function addBob({ files, put }: LockedAccounts): void {
  const passwd = putAccount('passwd', files.passwd, ['bob', 'x', '7', '7', '', '/', '/bin/false']);
  const shadow = putAccount('shadow', files.shadow, ['bob', '!', '', '', '', '', '', '', '']);
  put({ ...files, passwd, shadow }, ['shadow', 'passwd']);
}

function statOf({ etc }: Tree, name: string): string {
  const { mode, uid, gid } = lstatSync(join(etc, name));
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
}

async function codeOf(work: Promise<unknown>): Promise<VirtfsError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof VirtfsError) return error;
    throw error;
  }
}
