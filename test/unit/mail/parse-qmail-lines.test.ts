import { describe, expect, it } from 'vitest';
import { parseQmailLine, whyNotPath } from '../../../src/mail/parse-qmail-lines.ts';

describe('parseQmailLine', () => {
  it.each([
    ['RPLINE', 'Return-Path: <ann@example.net>\n', 'ann@example.net'],
    ['RPLINE', 'Return-Path: <ann@example.net>', 'ann@example.net'],
    ['RPLINE', 'Return-Path: <ann@example.net>\r\n', 'ann@example.net'],
    ['RPLINE', 'return-path:<ann@example.net>', 'ann@example.net'],
    ['RPLINE', 'Return-Path: <>\n', ''],
    ['RPLINE', 'Return-Path: <"a b"@example.net>\n', '"a b"@example.net'],
    ['DTLINE', 'Delivered-To: foo-bob@foo.bar.com\n', 'foo-bob@foo.bar.com'],
  ] as const)('reads %s %j', (variable, line, address) => {
    expect(parseQmailLine(variable, line)).toBe(address);
  });

  it.each([
    ['RPLINE', 'Return-Path: <a@b.org>\nBcc: everybody@c.org\n'],
    ['RPLINE', 'Return-Path: <a@b.org>\n\n'],
    ['RPLINE', 'Return-Path: <a@b.org>\rX: y'],
    ['RPLINE', 'Return-Path: <a@b.org> <c@d.org>'],
    ['RPLINE', 'Delivered-To: a@b.org'],
    ['DTLINE', 'Return-Path: <a@b.org>'],
    ['DTLINE', ''],
    ['DTLINE', `Delivered-To: ${'a'.repeat(3000)}@b.org`],
  ] as const)('refuses %s %j', (variable, line) => {
    expect(() => parseQmailLine(variable, line)).toThrow('cannot read');
  });
});

describe('whyNotPath', () => {
  it.each(['a@b.org', '', '"a b"@c.org', '-x@b.org', 'é@b.org'])('has nothing against %j', (text) => {
    expect(whyNotPath(text)).toBeUndefined();
  });

  it.each(['a>b@c.org', '<a@b.org', 'a\nb@c.org', 'a\0b@c.org', 'x'.repeat(2541)])('refuses %j', (text) => {
    expect(whyNotPath(text)).toBeTypeOf('string');
  });
});
