import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../src/domain/parse-settings.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseSettings', () => {
  it('takes every key and leaves out what is not there', () => {
    const all = {
      root: '/virtual',
      roots: ['/virtual', '/disk2'],
      profile: 'minimal',
      link: 'copy',
      admin: 'anna',
      'uid-first': 300_000,
      'uid-count': 1000,
    };
    expect(parseSettings(all, 'f')).toEqual(all);
    expect(parseSettings({}, 'f')).toEqual({});
  });

  it('says all that is wrong at once, naming the file and the nearest key', () => {
    const error = thrownBy(() =>
      parseSettings(
        { rot: '/x', root: 'virtual', link: 'symlink', 'uid-count': 1.5, roots: ['/a', 7] },
        '/etc/virtfs/virtfs.toml',
      ),
    );
    expect(error.code).toBe('BAD_CONFIG');
    expect(error.what).toContain('/etc/virtfs/virtfs.toml');
    expect(error.why.split('; ')).toEqual([
      "'rot' is no setting, perhaps root is meant",
      'root must be an absolute path, such as "/virtual"',
      'roots.1 must be text',
      'link must be "auto", "reflink", "hardlink" or "copy"',
      'uid-count must be a whole number from 16 to 10000000',
    ]);
  });

  it.each([
    { root: '/a\nb' },
    { profile: '../x' },
    { admin: 'root' },
    { 'uid-first': 0 },
    { 'uid-first': 2 ** 31 },
    { 'uid-count': Number.NaN },
    'text',
  ])('refuses %j', (value) => {
    expect(thrownBy(() => parseSettings(value, 'f')).code).toBe('BAD_CONFIG');
  });

  it('is not misled by names every object has, and escapes what it shows', () => {
    expect(thrownBy(() => parseSettings({ constructor: 1 }, 'f')).why).toContain(
      "'constructor' is no setting",
    );
    expect(thrownBy(() => parseSettings({ 'a\u001bb': 1 }, 'f')).why).toContain("'a\\x1bb' is no setting");
  });
});
