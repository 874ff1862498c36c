import { describe, expect, it } from 'vitest';
import { isConfName, parseServiceName } from '../../../src/domain/service-name.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseServiceName', () => {
  it('takes what can be part of the name of a conf file', () => {
    for (const name of ['ftp', 'pop-3', 'x_1', '-x']) {
      expect(parseServiceName(name)).toBe(name);
      expect(isConfName(`conf.${name}`)).toBe(true);
    }
  });

  it.each(['', '.', 'a/b', '../x', 'a b', 'a.b', 'ä', 'x'.repeat(201), 'a\u001b[2J'])(
    'refuses %j',
    (name) => {
      expect(thrownBy(() => parseServiceName(name))).toMatchObject({ code: 'BAD_USAGE' });
    },
  );
});
