import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listUsers, showUser } from '../../src/pipeline/list-users.ts';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import {
  addBob,
  changePasswordOf,
  codeOf,
  domain,
  firstUid,
  removeBob,
  someHash,
  treeTest as test,
  withTree,
} from '../support/tree-users.ts';

describe.runIf(needs('root'))('removeUser', () => {
  test('leaves home and mail alone unless told', async ({ sandbox, tree }) => {
    const before = accountsIn(tree);
    await addBob(sandbox);
    expect(await removeBob(sandbox, {})).toMatchObject({ uid: firstUid, homeIs: 'kept' });
    expect(accountsIn(tree)).toEqual(before);
    expect(existsSync(join(tree, 'home/b/bob/Maildir'))).toBe(true);
    expect(existsSync(join(tree, 'var/mail/bob'))).toBe(true);
  });

  test('removes them when told, and leaves the tree as it was', async ({ sandbox, tree }) => {
    const before = listTree(tree);
    await addBob(sandbox);
    expect(await removeBob(sandbox, { home: true })).toMatchObject({ homeIs: 'removed', notices: [] });
    expect(listTree(tree).filter((line) => !line.startsWith('etc/.pwd.lock'))).toEqual(before);
  });

  test.each([
    [
      'a link',
      (home: string, canary: string) => {
        rmSync(home, { recursive: true });
        symlinkSync(canary, home);
      },
    ],
    ['somebody else’s', (home: string) => chownSync(home, 0, 0)],
  ] as const)('keeps a home that is %s', async (_what, change) => {
    await withTree(async (sandbox, tree) => {
      const canary = makeCanary(join(sandbox.disk, 'canary'));
      const before = describeCanary(canary);
      await addBob(sandbox);
      change(join(tree, 'home/b/bob'), canary);
      expect(await removeBob(sandbox, { home: true })).toMatchObject({ homeIs: 'kept' });
      expect(lstatSync(join(tree, 'home/b/bob'))).toBeDefined();
      expect(describeCanary(canary)).toBe(before);
    });
  });

  test.each(['/', '/etc', '/../../etc', '/home/b/../../etc', 'etc'])(
    'removes no home that passwd calls %s',
    async (path) => {
      await withTree(async (sandbox, tree) => {
        await addBob(sandbox);
        const passwd = join(tree, 'etc/passwd');
        writeFileSync(passwd, readFileSync(passwd, 'utf8').replace('/home/b/bob', path));
        chownSync(join(tree, 'etc'), firstUid, firstUid);
        expect(await removeBob(sandbox, { home: true })).toMatchObject({
          homeIs: expect.stringMatching(/kept|missing/u),
        });
        expect(existsSync(join(tree, 'etc/passwd'))).toBe(true);
      });
    },
  );

  test('goes no further than a mount in the home', async ({ sandbox, tree }) => {
    await addBob(sandbox);
    const canary = makeCanary(join(sandbox.disk, 'canary'));
    const before = describeCanary(canary);
    const inner = join(tree, 'home/b/bob/inner');
    mkdirSync(inner);
    execFileSync('mount', ['--bind', canary, inner]);
    expect(await codeOf(removeBob(sandbox, { home: true }))).toBe('TREE_UNSAFE');
    expect(describeCanary(canary)).toBe(before);
  });
});

describe.runIf(needs('root'))('changePassword', () => {
  test('makes a hash that crypt knows, and locks and unlocks it', async ({ sandbox, tree }) => {
    await addBob(sandbox);
    const text = 'Grün & 12';
    expect(await changePasswordOf(sandbox, { type: 'plain', text })).toMatchObject({
      password: 'set',
      changed: true,
    });
    const field = passwordIn(tree);
    expect(field).toMatch(/^\$(?:y|6)\$/u);
    const script = 'print crypt($ARGV[0], $ARGV[1])';
    expect(execFileSync('perl', ['-e', script, text, field], { encoding: 'utf8' })).toBe(field);
    expect(await changePasswordOf(sandbox, { type: 'lock' })).toMatchObject({
      password: 'locked',
      changed: true,
    });
    expect(await changePasswordOf(sandbox, { type: 'lock' })).toMatchObject({
      password: 'locked',
      changed: false,
    });
    expect(passwordIn(tree)).toBe(`!${field}`);
    expect(await changePasswordOf(sandbox, { type: 'unlock' })).toMatchObject({
      password: 'set',
      changed: true,
    });
    expect(passwordIn(tree)).toBe(field);
  });

  test('never opens an account to everybody', async ({ sandbox, tree }) => {
    await addBob(sandbox);
    expect(await codeOf(changePasswordOf(sandbox, { type: 'unlock' }))).toBe('BAD_PASSWORD');
    expect(passwordIn(tree)).toBe('!');
  });

  test('hashes no two passwords alike', async ({ sandbox, tree }) => {
    await addBob(sandbox);
    await changePasswordOf(sandbox, { type: 'plain', text: 'same' });
    const field = passwordIn(tree);
    await changePasswordOf(sandbox, { type: 'plain', text: 'same' });
    expect(passwordIn(tree)).not.toBe(field);
  });

  test('knows whom the tree lacks', async ({ sandbox, tree: _ }) => {
    expect(await codeOf(changePasswordOf(sandbox, { type: 'hash', hash: someHash }, 'nobodyhere'))).toBe(
      'UNKNOWN_USER',
    );
  });
});

describe.runIf(needs('root'))('listUsers', () => {
  test('shows what addUser made', async ({ sandbox }) => {
    await addBob(sandbox, { groups: ['www'], gecos: 'Böb' });
    const { users } = await listUsers({ root: sandbox.root, domain });
    expect(users.at(-1)).toMatchObject({
      name: 'bob',
      gecos: 'Böb',
      groups: ['bob', 'www'],
      password: 'none',
      kind: 'person',
    });
    const { found } = await showUser({ root: sandbox.root, domain, name: 'bob' });
    expect(found).toMatchObject({
      home: { type: 'folder', uid: firstUid },
      maildir: { mode: 0o700 },
      spool: { type: 'file', bytes: 0 },
    });
  });

  test('opens nothing of a home', async ({ sandbox, tree }) => {
    await addBob(sandbox);
    const maildir = join(tree, 'home/b/bob/Maildir');
    rmSync(maildir, { recursive: true });
    execFileSync('mkfifo', [maildir]);
    linkSync(maildir, join(tree, 'home/b/bob/second'));
    const { found } = await showUser({ root: sandbox.root, domain, name: 'bob' });
    expect(found.maildir?.type).toBe('other');
  });
});

function accountsIn(tree: string): readonly string[] {
  return ['passwd', 'group', 'shadow', 'gshadow'].map((name) =>
    readFileSync(join(tree, 'etc', name), 'latin1'),
  );
}

function passwordIn(tree: string): string {
  return (
    /^bob:(?<field>[^:]*):/mu.exec(readFileSync(join(tree, 'etc/shadow'), 'latin1'))?.groups?.field ?? ''
  );
}
