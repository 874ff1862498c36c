import { describe, expect, it } from 'vitest';
import { parseRenaming } from '../../../src/domain/renaming.ts';
import { thrownBy } from '../../support/thrown.ts';

const renaming = {
  version: 1,
  from: 'old.org',
  to: 'new.org',
  keepAlias: true,
  inode: '12',
  roots: ['/virtual', '/srv/virtual'],
};

describe('parseRenaming', () => {
  it('reads what was written', () => {
    expect(parseRenaming(JSON.stringify(renaming), 'r.json')).toEqual(renaming);
  });

  it.each([
    ['', 'nothing'],
    ['{"version":1', 'a part'],
    ['null', 'null'],
    ['[]', 'a list'],
    [JSON.stringify({ ...renaming, version: 2 }), 'another version'],
    [JSON.stringify({ ...renaming, from: '../etc' }), 'a name that is a path'],
    [JSON.stringify({ ...renaming, to: 7 }), 'a number for a name'],
    [JSON.stringify({ ...renaming, keepAlias: 'yes' }), 'a word for a truth value'],
    [JSON.stringify({ ...renaming, roots: [1] }), 'roots that are no paths'],
  ])('refuses %s: %s', (text) => {
    const { code, mend } = thrownBy(() => parseRenaming(text, '.virtfs/renaming.json'));
    expect(code).toBe('BAD_RECORD');
    expect(mend).toContain('rm .virtfs/renaming.json');
  });
});
