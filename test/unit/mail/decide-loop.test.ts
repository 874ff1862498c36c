import { describe, expect, it } from 'vitest';
import { hasDeliveredTo } from '../../../src/mail/decide-loop.ts';

describe('hasDeliveredTo', () => {
  it.each([
    ['Delivered-To: bob@example.org\n\nx', true],
    ['Received: x\r\ndelivered-to:BOB@Example.org \r\nSubject: y\r\n\r\nx', true],
    ['X-Delivered-To: bob@example.org\n\nx', false],
    ['Delivered-To: notbob@example.org\n\n', false],
    ['Delivered-To: bob@example.org.evil\n\n', false],
    ['Subject: x\n\nDelivered-To: bob@example.org\n', false],
    ['', false],
  ])('says of %j: %s', (beginning, isThere) => {
    expect(hasDeliveredTo(beginning, 'bob@example.org')).toBe(isThere);
  });

  it('compares bytes of names that are not ASCII', () => {
    const header = Buffer.from('Delivered-To: björn@example.org\n\n').toString('latin1');
    expect(hasDeliveredTo(header, 'björn@example.org')).toBe(true);
  });

  it('is done with a long line of spaces', () => {
    expect(hasDeliveredTo(`Delivered-To:${' '.repeat(1 << 20)}x\n\n`, 'bob@example.org')).toBe(false);
  });
});
