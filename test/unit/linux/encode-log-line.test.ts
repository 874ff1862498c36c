import { describe, expect, test } from 'vitest';
import { encodeLogLine } from '../../../src/linux/syslog.ts';

const encode = (text: string) => Buffer.from(encodeLogLine('err', 'virtuald[7]', text)).toString();

describe('encodeLogLine', () => {
  test('puts facility, severity and ident in front', () => {
    expect(encode('hello')).toBe('<27>virtuald[7]: hello');
    expect(Buffer.from(encodeLogLine('info', 'x[1]', 'y')).toString()).toBe('<30>x[1]: y');
  });

  test('leaves no control character, and no second line', () => {
    expect(encode('a\n<13>b\u001b[2J\u202e')).toBe(String.raw`<27>virtuald[7]: a\x0a<13>b\x1b[2J\u{202e}`);
  });

  test('leaves the escapes of whoever made the text', () => {
    expect(encode(String.raw`a\x0ab`)).toBe(String.raw`<27>virtuald[7]: a\x0ab`);
  });

  test('cuts at 1024 bytes, between characters', () => {
    const cut = encodeLogLine('err', 'virtuald[7]', 'ä'.repeat(2000));
    expect(cut.length).toBeLessThanOrEqual(1024);
    expect(cut.length).toBeGreaterThan(1020);
    expect(Buffer.from(cut).toString()).not.toContain('\ufffd');
    expect(Buffer.from(encodeLogLine('err', 'v', 'a'.repeat(1019))).toString()).toHaveLength(1024);
  });
});

test('encodeLogLine puts facility and severity together as syslog(3) does', () => {
  const priority = (facility?: 'mail' | 'daemon') =>
    Buffer.from(encodeLogLine('info', 'x', 'y', facility)).toString();
  expect([priority('mail'), priority()]).toEqual(['<22>x: y', '<30>x: y']);
});
