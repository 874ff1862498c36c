import { describe, expect, test } from 'vitest';
import { parsePathCommand } from '../../../src/mail/parse-path-command.ts';

describe('parsePathCommand', () => {
  // biome-ignore format: a table
  test.each([
    ['MAIL FROM:<a@b.example>',                    'a@b.example', false],
    ['mail from: <a@b.example>',                   'a@b.example', false],
    ['MAIL FROM:<>',                               '', false],
    ['MAIL FROM:<@x.example,@y.example:a@b.example>', 'a@b.example', false],
    ['MAIL FROM:<"a b>@c"@d.example> SIZE=12',     '"a b>@c"@d.example', { SIZE: '12' }],
    ['MAIL FROM:<a@b> BODY=8BITMIME smtputf8',     'a@b', { BODY: '8BITMIME', SMTPUTF8: true }],
    ['MAIL FROM:<a@b> ENVID=a+3Db X=',             'a@b', { ENVID: 'a=b', X: true }],
    ['MAIL FROM:<a@b> __PROTO__=1 TOSTRING=2',     'a@b', { __PROTO__: '1', TOSTRING: '2' }],
  ])('reads %j', (line, address, args) => {
    expect(parsePathCommand('mail from', line)).toEqual({ address, args });
  });

  test('names a parameter that was given twice', () => {
    expect(parsePathCommand('mail from', 'MAIL FROM:<> SIZE=1 size=2')).toMatchObject({ duplicate: 'SIZE' });
  });

  test.each([
    'MAIL FROM',
    'RCPT TO:<a@b>',
    'MAIL FROM:a@b',
    'MAIL FROM:<a@b',
    'MAIL FROM:<a<b@c>',
    'MAIL FROM:<a@b>SIZE=1',
    'MAIL FROM:<a\0@b>',
    'MAIL FROM:<a\r@b>',
    'MAIL FROM:<a\u0085@b>',
    'MAIL FROM:<a@b> X=+0D+0A',
    'MAIL FROM:<\ufffd@b>',
    'MAIL FROM:<"a@b>',
    `MAIL FROM:<${'x'.repeat(1025)}>`,
    'MAIL FROM:<a@b> =x',
  ])('refuses %j', (line) => {
    expect(parsePathCommand('mail from', line)).toBe(false);
  });
});
