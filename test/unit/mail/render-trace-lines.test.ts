import { describe, expect, test } from 'vitest';
import { findNewline, renderTraceLines } from '../../../src/mail/render-trace-lines.ts';

const render = (...args: Parameters<typeof renderTraceLines>) =>
  Buffer.from(renderTraceLines(...args)).toString();

describe('renderTraceLines', () => {
  test('ends its lines as the message does', () => {
    expect(render('a@b.org', 'c@d.org', '\n')).toBe('Return-Path: <a@b.org>\nDelivered-To: c@d.org\n');
    expect(render('', 'ü@d.org', '\r\n')).toBe('Return-Path: <>\r\nDelivered-To: ü@d.org\r\n');
  });

  test.for(['\n', '\r', '\0', '\u0085', '\u2028', '\x7f'])('lets no %j into a line', (char) => {
    expect(render(`a${char}b`, `c${char}d`, '\n')).toBe('Return-Path: <a?b>\nDelivered-To: c?d\n');
  });
});

describe('findNewline', () => {
  test.for([
    ['a\r\nb\n', '\r\n'],
    ['a\nb\r\n', '\n'],
    ['\n', '\n'],
    ['\r\n', '\r\n'],
    ['a\r', '\n'],
    ['', '\n'],
  ] as const)('finds that of the first line of %j', ([message, newline]) => {
    expect(findNewline(Buffer.from(message))).toBe(newline);
  });
});
