import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Sha256, sha256 } from '../../src/linux/sha256.ts';

function reference(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describe('sha256', () => {
  test.each(['', 'abc', 'ä \u{1f600} \ud800', 'x'.repeat(1_000_000)])(
    'gives what node:crypto gives for a text (%#)',
    (text) => {
      expect(sha256(text)).toBe(reference(text));
    },
  );

  test('reads a part of a buffer, and no more', () => {
    const part = Buffer.from('before and after').subarray(7, 10);
    expect(sha256(part)).toBe(reference('and'));
    expect(sha256(part.subarray(3))).toBe(reference(''));
  });
});

describe('Sha256', () => {
  test('gives the digest of its parts in a row', () => {
    const chunk = Buffer.from('0123456789');
    using sum = new Sha256();
    for (let size = 0; size <= chunk.length; size++) sum.update(chunk.subarray(chunk.length - size));
    const whole = Array.from({ length: 11 }, (_, size) => '0123456789'.slice(10 - size)).join('');
    expect(sum.digest()).toBe(reference(whole));
  });

  test('keeps sums that are made at the same time apart', () => {
    using one = new Sha256();
    using other = new Sha256();
    one.update(Buffer.from('one'));
    other.update(Buffer.from('other'));
    expect([one.digest(), other.digest()]).toEqual([reference('one'), reference('other')]);
  });
});
