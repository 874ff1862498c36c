import { describe, expect, it } from 'vitest';
import { parseReplyLine } from '../../../src/mail/parse-reply.ts';

describe('parseReplyLine', () => {
  it.each([
    ['250 ok', { code: 250, status: undefined, text: 'ok' }, true],
    ['250-SIZE 1000', { code: 250, status: undefined, text: 'SIZE 1000' }, false],
    ['250', { code: 250, status: undefined, text: '' }, true],
    ['550 5.1.1 no such user', { code: 550, status: '5.1.1', text: 'no such user' }, true],
    ['452 4.2.2 full', { code: 452, status: '4.2.2', text: 'full' }, true],
    ['250 2.1.5 fine', { code: 250, status: undefined, text: 'fine' }, true],
    // Of two that differ the code counts.
    ['450 5.1.1 both', { code: 450, status: undefined, text: 'both' }, true],
  ])('reads %j', (line, reply, isLast) => {
    expect(parseReplyLine(line)).toEqual({ reply, isLast });
  });

  it.each(['', 'hello', '99 x', '650 x', '250x', 'HTTP/1.1 200 OK'])('takes %j for no reply', (line) => {
    expect(parseReplyLine(line)).toBeUndefined();
  });
});
