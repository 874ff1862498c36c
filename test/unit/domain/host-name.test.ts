import { expect, test } from 'vitest';
import { hostNameOf } from '../../../src/domain/host-name.ts';

test('the host name is the domain where Linux can hold it, else its first label', () => {
  const long = `shop.${'a'.repeat(60)}.example`;
  expect(hostNameOf('foo.bar.com')).toBe('foo.bar.com');
  expect(hostNameOf(`${'a'.repeat(60)}.com`)).toHaveLength(64);
  expect(hostNameOf(long)).toBe('shop');
});
