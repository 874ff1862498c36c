import { describe, expect, test } from 'vitest';
import { FromQuoter } from '../../../src/mail/from-quoter.ts';

const text = 'From a\n>From b\nFro\nFrom\n>>From \nxFrom c\n\n>\n>>\nFrom\nFrom d';
const quoted = '>From a\n>>From b\nFro\nFrom\n>>>From \nxFrom c\n\n>\n>>\nFrom\n>From d';

describe('FromQuoter', () => {
  test.for([1, 2, 3, 4, 5, 6, 7, 100])('quotes the same lines in pieces of %i bytes', (size) => {
    expect(quote(text, size)).toBe(quoted);
  });

  test.for(['', 'From', '>From', 'x\nFro', 'From ', '\n>>'])('keeps the end of %j', (end) => {
    expect(quote(end, 1)).toBe(end === 'From ' ? '>From ' : end);
  });
});

function quote(message: string, size: number): string {
  const quoter = new FromQuoter();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += size)
    parts.push(...quoter.push(Buffer.from(message.slice(at, at + size))));
  return Buffer.concat([...parts, ...quoter.end()]).toString();
}
