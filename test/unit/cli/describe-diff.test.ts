import { describe, expect, it } from 'vitest';
import { describeDifference, escapeDiffLine } from '../../../src/cli/describe-diff.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';

const path = treePath('etc/hosts');

describe('escapeDiffLine', () => {
  it('keeps tabs and backslashes, and lets no control character pass', () => {
    expect(escapeDiffLine('+a\tb\\c\u001b[31m\u202e\r')).toBe('+a\tb\\c\\x1b[31m\\u{202e}\\x0d');
  });
});

describe('describeDifference', () => {
  it('shows the lines that differ, or says why there are none', () => {
    expect(describeDifference({ path, state: 'changed', diff: ['--- a', '+++ b'] })).toEqual([
      '--- a',
      '+++ b',
    ]);
    expect(describeDifference({ path, state: 'changed' })).toEqual([
      'etc/hosts: differs, and is no text or too long to show',
    ]);
    expect(describeDifference({ path, state: 'missing' })).toEqual(['etc/hosts: the domain took it away']);
    expect(describeDifference({ path, state: 'unreadable', why: 'a \u001b link' })).toEqual([
      'etc/hosts: cannot be compared: a \\x1b link',
    ]);
  });

  it('names the file an update laid beside it', () => {
    const beside = treePath('etc/hosts.virtfs-new');
    expect(describeDifference({ path, state: 'waiting', beside })).toEqual([
      'etc/hosts: an update laid the new file beside it: etc/hosts.virtfs-new',
    ]);
  });
});
