import { describe, expect, test } from 'vitest';
import { isTreePath, treePath, treePathOf } from '../../../src/manifest/tree-path.ts';

describe('treePath', () => {
  test.each([['etc'], ['usr/bin/['], ['a/...'], ['a/.b'], ['a b/ü'], ['a\nb']])('takes %j', (text) => {
    expect(treePath(text)).toBe(text);
    expect(treePathOf(`/${text}`)).toBe(text);
  });

  // biome-ignore format: a list
  test.each([[''], ['.'], ['..'], ['/etc'], ['etc/'], ['a//b'], ['a/./b'], ['a/../b'], ['../a'], ['a/..'], ['a\0b'], ['/']])(
    'refuses %j',
    (text) => {
      expect(isTreePath(text)).toBe(false);
      expect(() => treePath(text)).toThrow('not a tree path');
    },
  );

  test('refuses a host path that is not absolute, and the root itself', () => {
    expect(() => treePathOf('etc')).toThrow('not an absolute path');
    expect(() => treePathOf('/')).toThrow('not a tree path');
    expect(() => treePathOf('//etc')).toThrow('not a tree path');
  });
});
