import { describe, expect, it } from 'vitest';
import { parsePathGlob } from '../../../src/plan/parse-path-glob.ts';

describe('parsePathGlob', () => {
  it.each([
    ['/usr/share/doc', '/usr/share/doc'],
    ['/usr/*/perl', '/usr/lib/perl'],
    ['/usr/**/x', '/usr/x'],
    ['/usr/**/x', '/usr/a/b/x'],
    ['/usr/**', '/usr/a/.b'],
    ['/a/{b,c*}/d', '/a/cc/d'],
    ['/a/{b,{c,d}}', '/a/d'],
    ['/a/?.so', '/a/b.so'],
    ['/a/[b-d]', '/a/c'],
    ['/a/[!b]', '/a/c'],
    ['/a/[]]', '/a/]'],
    ['/a/[', '/a/['],
    ['/a/{b', '/a/{b'],
    ['/a/b}{c', '/a/b}{c'],
    ['/a/b.+c(d)|$', '/a/b.+c(d)|$'],
    ['/a/x,y', '/a/x,y'],
    ['/**/__pycache__', '/usr/lib/x/__pycache__'],
  ])('%s matches %s', (pattern, path) => {
    expect(parsePathGlob(pattern)(path)).toBe(true);
  });

  it.each([
    ['/usr/share/doc', '/usr/share/doc/x'],
    ['/usr/*/x', '/usr/a/b/x'],
    ['/usr/**/x', '/usr/ax'],
    ['/a/?', '/a/'],
    ['/a?b', '/a/b'],
    ['/a[!x]b', '/a/b'],
    ['/a/[d-b]', '/a/c'],
    ['/a/{b,c}', '/a/b,c'],
    ['/a/b.so', '/a/bxso'],
    ['/a/*', '/a/b\n/c'],
  ])('%s does not match %s', (pattern, path) => {
    expect(parsePathGlob(pattern)(path)).toBe(false);
  });
});
