import { describe, expect, it } from 'vitest';
import { parseCall as parseDelivery } from '../../../../src/cli/virtmaildelivery/parse-call.ts';
import { parseCall } from '../../../../src/cli/virtmailfilter/parse-call.ts';

const qmail = {
  EXT: 'Bob',
  HOST: 'Foo.Bar.com',
  RPLINE: 'Return-Path: <ann@example.net>\n',
  DTLINE: 'Delivered-To: foo-bob@foo.bar.com\n',
};

describe('parseCall of virtmailfilter', () => {
  it('reads what qmail-local sets', () => {
    expect(parseCall([], qmail)).toMatchObject({
      recipient: 'Bob@Foo.Bar.com',
      sender: 'ann@example.net',
      deliveredTo: 'foo-bob@foo.bar.com',
    });
  });

  it('takes words before the environment', () => {
    expect(parseCall(['--recipient=jo@a.org', '--sender=-x@b.org'], qmail)).toMatchObject({
      recipient: 'jo@a.org',
      sender: '-x@b.org',
      deliveredTo: undefined,
    });
  });

  it.each([
    ['--sender=', ''],
    ['--sender=<>', ''],
    ['--sender=<a@b.org>', 'a@b.org'],
    ['--sender=#@[]', ''],
  ])('reads %s', (word, sender) => {
    expect(parseCall([word], qmail)).toMatchObject({ sender });
  });

  it('goes by SENDER where there is no RPLINE', () => {
    expect(parseCall([], { ...qmail, RPLINE: undefined, SENDER: 'jo@c.org' })).toMatchObject({
      sender: 'jo@c.org',
    });
  });

  it.each([
    ['no EXT', [], { ...qmail, EXT: undefined }],
    ['no HOST', [], { ...qmail, HOST: undefined }],
    ['no sender', [], { ...qmail, RPLINE: undefined }],
    ['a second line in RPLINE', [], { ...qmail, RPLINE: 'Return-Path: <a@b.c>\nX: y\n' }],
    ['a sender with a line break', ['--sender=a@b.c\nRCPT TO:<x@y.z>'], qmail],
    ['a sender with an angle bracket', ['--sender=a@b.c> SIZE=1'], qmail],
    ['a dialect there is not', ['--exit-codes=smtp'], qmail],
    ['a socket that is no absolute path', ['--socket=lmtp.sock'], qmail],
    ['an operand', ['bob'], qmail],
  ])('refuses %s', (_, words, env) => {
    expect(() => parseCall(words, env)).toThrow();
  });
});

describe('parseCall of virtmaildelivery', () => {
  it('reads what the HOWTO gives it', () => {
    expect(parseDelivery(['bob', '/home/bob'], qmail)).toMatchObject({
      user: 'bob',
      home: '/home/bob',
      sender: 'ann@example.net',
      address: 'foo-bob@foo.bar.com',
    });
  });

  it.each([
    ['no home', ['bob'], qmail],
    ['an empty home', ['bob', ''], qmail],
    ['no DTLINE', ['bob', '/home/bob'], { ...qmail, DTLINE: undefined }],
    ['a recipient with a line break', ['bob', '/home/bob', '--recipient=a@b.c\nX: y'], qmail],
  ])('refuses %s', (_, words, env) => {
    expect(() => parseDelivery(words, env)).toThrow();
  });
});
