import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openTreesRoot } from '../../src/engine/open-root.ts';
import { needs } from '../support/needs.ts';
import { thrownBy } from '../support/thrown.ts';
import { sandboxTest } from '../support/trees-root.ts';

const unsafe: readonly (readonly [
  string,
  (at: { readonly root: string; readonly parent: string }) => void,
])[] = [
  ['of somebody else', ({ root }) => chownSync(root, 1000, 0)],
  ['its group may write', ({ root }) => chmodSync(root, 0o775)],
  ['all may write', ({ root }) => chmodSync(root, 0o757)],
  ['in a folder of somebody else', ({ parent }) => chownSync(parent, 1000, 0)],
  ['in a folder all may write', ({ parent }) => chmodSync(parent, 0o777)],
];

describe.runIf(needs('root'))('openTreesRoot', () => {
  sandboxTest('makes what is missing, closed to all but root', ({ sandbox: { disk } }) => {
    const path = join(disk, 'a/b');
    using root = openTreesRoot(path, { make: true });
    expect(root.path).toBe(path);
    expect(statSync(path).mode & 0o7777).toBe(0o700);
    expect(root.isOpenToOthers()).toBe(false);
    chmodSync(path, 0o711);
    expect(root.isOpenToOthers()).toBe(true);
  });

  sandboxTest('says what to do where there is none', ({ sandbox: { disk } }) => {
    const error = thrownBy(() => openTreesRoot(join(disk, 'gone'), { make: false }));
    expect(error).toMatchObject({ code: 'PATH_MISSING', mend: expect.stringContaining('virtfs create') });
  });

  for (const [title, spoil] of unsafe) {
    sandboxTest(`refuses a root ${title}`, ({ sandbox: { disk } }) => {
      const parent = join(disk, 'parent');
      const root = join(parent, 'root');
      mkdirSync(root, { recursive: true });
      spoil({ root, parent });
      const error = thrownBy(() => openTreesRoot(root, { make: true }));
      expect(error).toMatchObject({ code: 'ROOT_UNSAFE', mend: expect.stringContaining('--root DIR') });
    });
  }

  sandboxTest('takes a root in a sticky folder of all, as /tmp is', ({ sandbox: { disk } }) => {
    chmodSync(disk, 0o1777);
    using root = openTreesRoot(join(disk, 'root'), { make: true });
    expect(root.path).toBe(join(disk, 'root'));
  });

  sandboxTest('refuses a sticky root: others could make a domain’s name theirs', ({ sandbox: { disk } }) => {
    chmodSync(disk, 0o1777);
    expect(thrownBy(() => openTreesRoot(disk, { make: false })).code).toBe('ROOT_UNSAFE');
  });

  sandboxTest('follows links of root, and gives the place they lead to', ({ sandbox: { disk } }) => {
    mkdirSync(join(disk, 'there/sub'), { recursive: true });
    symlinkSync('../there', join(disk, 'there/again'));
    symlinkSync(join(disk, 'there'), join(disk, 'link'));
    using root = openTreesRoot(join(disk, 'link/again/./sub'), { make: false });
    expect(root.path).toBe(join(disk, 'there/sub'));
  });

  sandboxTest('refuses a link that somebody else could turn elsewhere', ({ sandbox: { disk } }) => {
    const home = join(disk, 'home');
    mkdirSync(join(disk, 'safe'));
    mkdirSync(home);
    symlinkSync(join(disk, 'safe'), join(home, 'link'));
    chownSync(home, 1000, 1000);
    const error = thrownBy(() => openTreesRoot(join(home, 'link'), { make: true }));
    expect(error).toMatchObject({ code: 'ROOT_UNSAFE', why: expect.stringContaining(home) });
  });

  sandboxTest('refuses a link that belongs to somebody else in a sticky folder', ({ sandbox: { disk } }) => {
    chmodSync(disk, 0o1777);
    mkdirSync(join(disk, 'safe'));
    symlinkSync('safe', join(disk, 'link'));
    lchownSync(join(disk, 'link'), 1000, 1000);
    expect(thrownBy(() => openTreesRoot(join(disk, 'link'), { make: true })).code).toBe('ROOT_UNSAFE');
  });

  sandboxTest('makes nothing where somebody else’s link leads', ({ sandbox: { disk } }) => {
    const home = join(disk, 'home');
    mkdirSync(join(disk, 'cron.d'));
    mkdirSync(home);
    symlinkSync(join(disk, 'cron.d'), join(home, 'link'));
    chownSync(home, 1000, 1000);
    expect(thrownBy(() => openTreesRoot(join(home, 'link/new'), { make: true })).code).toBe('ROOT_UNSAFE');
    expect(readdirSync(join(disk, 'cron.d'))).toEqual([]);
  });

  sandboxTest('ends at links that lead to each other', ({ sandbox: { disk } }) => {
    symlinkSync('b', join(disk, 'a'));
    symlinkSync('a', join(disk, 'b'));
    expect(thrownBy(() => openTreesRoot(join(disk, 'a'), { make: true })).code).toBe('ROOT_UNSAFE');
    expect(existsSync(join(disk, 'a'))).toBe(false);
  });

  sandboxTest('refuses a file', ({ sandbox: { base } }) => {
    const error = thrownBy(() => openTreesRoot(join(base, 'config/profiles/small.toml'), { make: true }));
    expect(error.code).toBe('PATH_IS_SYMLINK');
  });
});
