import { expect, test } from 'vitest';
import { mayShareInode } from '../../../src/domain/shared-dirs.ts';

test.each([
  ['usr/bin/ls', true],
  ['bin/ls', true],
  ['lib64/ld-linux-x86-64.so.2', true],
  ['opt/x/y', true],
  ['lib32/libc.so.6', false],
  ['usr/local/bin/tool', false],
  ['usr/tmp/x', false],
  ['usr/localx/y', true],
  ['usrx/bin/ls', false],
  ['etc/passwd', false],
  ['var/lib/x', false],
  ['usr', false],
])('mayShareInode(%j) is %j', (path, expected) => {
  expect(mayShareInode(path)).toBe(expected);
});
