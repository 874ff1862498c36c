import { describe, expect, it } from 'vitest';
import { parseAdminName } from '../../../src/domain/parse-admin-name.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseAdminName', () => {
  it.each(['crc', 'site-admin', '_x1', 'a'.repeat(32)])('takes %s', (name) => {
    expect(parseAdminName(name)).toBe(name);
  });

  it.each([
    '',
    '-x',
    '1a',
    'Anna',
    'a b',
    'a:b',
    'anna\n',
    'a\nroot',
    'ann\u00e4',
    'a/b',
    '..',
    'a.b',
    'a'.repeat(33),
  ])('refuses %j', (name) => {
    expect(thrownBy(() => parseAdminName(name)).code).toBe('BAD_USER_NAME');
  });

  it.each(['root', 'nobody', 'shadow', 'www-data', 'webmaster', 'www', 'staff'])(
    'refuses the system name %s',
    (name) => {
      expect(thrownBy(() => parseAdminName(name)).code).toBe('BAD_USER_NAME');
    },
  );

  it('is not misled by names every object has', () => {
    expect(parseAdminName('constructor')).toBe('constructor');
    expect(parseAdminName('__proto__')).toBe('__proto__');
  });
});
