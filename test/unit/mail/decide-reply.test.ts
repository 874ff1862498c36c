import { describe, expect, test } from 'vitest';
import { decideCommonReply, decideReplyCode } from '../../../src/mail/decide-reply.ts';
import type { DeliveryResult, EnhancedStatus } from '../../../src/mail/mail-types.ts';

const delivered: DeliveryResult = { type: 'delivered', path: 'x' };
const refused: DeliveryResult = { type: 'refused', status: '5.2.2', why: 'full' };
const later: DeliveryResult = { type: 'later', status: '4.3.1', why: 'no room' };

describe('decideReplyCode', () => {
  test.each<[EnhancedStatus, number]>([
    ['5.1.1', 550],
    ['5.1.2', 550],
    ['5.1.3', 553],
    ['5.2.2', 552],
    ['5.3.4', 552],
    ['5.7.1', 554],
    ['5.4.6', 554],
    ['4.2.2', 452],
    ['4.3.1', 452],
    ['4.3.0', 451],
    ['4.2.1', 451],
  ])('gives %s the code %i', (status, code) => {
    expect(decideReplyCode(status)).toBe(code);
  });
});

describe('decideCommonReply', () => {
  test('says that all have it only when all do', () => {
    expect(decideCommonReply([delivered, delivered], 'ID').code).toBe(250);
    expect(decideCommonReply([delivered, refused], 'ID')).toMatchObject({ code: 552, status: '5.2.2' });
    expect(decideCommonReply([refused, delivered, later], 'ID')).toMatchObject({
      code: 452,
      status: '4.3.1',
    });
    expect(decideCommonReply([refused], 'ID').text).toBe('full');
    expect(decideCommonReply([delivered, refused], 'ID').text).toContain('for a part of its recipients');
  });
});
