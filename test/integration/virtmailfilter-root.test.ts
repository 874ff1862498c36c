import { closeSync, constants, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeCanary, makeCanary } from '../support/canary.ts';
import { needs } from '../support/needs.ts';
import { type MailProgramCall, type MailProgramEnd, runMailProgram } from '../support/run-mail-program.ts';
import { type MailScene, makeMailScene } from '../support/start-virtmaild.ts';

const script = join(import.meta.dirname, '../../src/bin/virtmailfilter.ts');
const lines = {
  RPLINE: 'Return-Path: <ann@example.net>\n',
  DTLINE: 'Delivered-To: foo-bob@foo.bar.com\n',
};
const bob = { EXT: 'bob', HOST: 'foo.bar.com', ...lines };

describe.runIf(needs('root'))('virtmailfilter, as root,', () => {
  let scene: MailScene;
  const run = (call: Partial<MailProgramCall>): Promise<MailProgramEnd> =>
    runMailProgram({
      script,
      ...call,
      env: { VIRTFS_ROOT: scene.root, VIRTFS_CONFIG_DIR: join(scene.base, 'config'), ...call.env },
    });

  beforeAll(() => {
    scene = makeMailScene();
    scene.addTree('foo.bar.com', ['bob', 'jo']);
    scene.addTree('bar.foo.com', ['bob']);
    symlinkSync('bar.foo.com', join(scene.root, 'alias.example'));
  });
  afterAll(() => scene[Symbol.dispose]());

  test('delivers as qmail calls it, the two headers first and all else byte for byte', async () => {
    const message = 'Received: x\nSubject: \xe9\0\n\n.\nFrom me\r\nno end';
    const input = Buffer.from(message, 'latin1');
    expect(await run({ env: bob, input })).toEqual({ status: 0, err: '', out: '' });
    expect(scene.messages('foo.bar.com', 'bob')).toEqual([
      `Return-Path: <ann@example.net>\nDelivered-To: foo-bob@foo.bar.com\n${message}`,
    ]);
  });

  test('reads lines without the line break that Exim strips, quotes From if asked, and finds parent and alias', async () => {
    const env = { ...bob, RPLINE: lines.RPLINE.trim(), DTLINE: 'Delivered-To: b@alias.example' };
    const words = ['--quote-from'];
    const input = 'A: b\n\nFrom me\n';
    for (const HOST of ['Mail.Bar.foo.com', 'alias.example'])
      expect((await run({ env: { ...env, EXT: 'BOB', HOST }, input, words })).status).toBe(0);
    const text = 'Return-Path: <ann@example.net>\nDelivered-To: b@alias.example\nA: b\n\n>From me\n';
    expect(scene.messages('bar.foo.com', 'bob')).toEqual([text, text]);
  });

  test.each([
    '.',
    '',
    'x.',
    '..',
    '../foo.bar.com',
    'foo.bar.com/..',
    '/etc',
    'com',
    'no.example',
    '.virtfs',
    'a..b',
  ])('refuses the domain %j for good', async (HOST) => {
    const canary = makeCanary(join(scene.base, 'canary'));
    const before = describeCanary(canary);
    const { status, err } = await run({ env: { ...bob, HOST } });
    expect([status, err]).toEqual([100, expect.stringMatching(/^5\.1\.[0-9] [ -~]+\n$/u)]);
    expect((await run({ env: { ...bob, HOST }, words: ['--exit-codes=sysexits'] })).status).toBeOneOf([
      65, 67,
    ]);
    expect(describeCanary(canary)).toBe(before);
  });

  test.each([
    'nobody-there',
    '',
    '..',
    '../../etc',
    'bob/../jo',
    '-froot',
    '|id',
    '$(id)',
    'root',
    'bob\nRCPT TO:<jo@foo.bar.com>',
    'bob\u202e',
    'bоb',
    '*',
    'a'.repeat(10_000),
  ])('refuses the user %j for good', async (EXT) => {
    const counts = () => ['bob', 'jo'].map((user) => scene.messages('foo.bar.com', user).length);
    const before = counts();
    const { status, err } = await run({ env: { ...bob, EXT } });
    expect([status, err]).toEqual([100, expect.stringMatching(/^5\.1\.[13] [ -~]+\n$/u)]);
    expect(counts()).toEqual(before);
  });

  test('keeps for later what it cannot read: no input, none at all, a folder, a file for writing', async () => {
    const folder = openSync(scene.base, constants.O_RDONLY);
    const writeOnly = openSync(join(scene.base, 'written'), 'w');
    try {
      for (const input of ['', 'ignore', folder, writeOnly] as const) {
        const { status, err } = await run({ env: bob, input });
        expect([status, err]).toEqual([111, expect.stringMatching(/^4\.3\.0 .*message/u)]);
      }
    } finally {
      closeSync(folder);
      closeSync(writeOnly);
    }
  });

  test('keeps for later what goes on the command line or into the environment and is none', async () => {
    const { DTLINE: _, RPLINE: __, ...bare } = bob;
    for (const [env, words] of [
      [bare, []],
      [{ ...bob, RPLINE: 'Return-Path: <a@b.c>\nBcc: x@y.z\n' }, []],
      [bob, ['--no-such']],
      [bob, ['--exit-codes=smtp']],
      [bob, ['--root=relative']],
    ] as const)
      expect((await run({ env, words })).status).toBe(111);
    expect((await run({ env: { EXT: 'bob', ...lines } })).status).toBe(75);
  });

  test('keeps for later what a Maildir that is no folder cannot take', async () => {
    scene.addTree('odd.example', ['bob']);
    const place = join(scene.home('odd.example', 'bob'), 'Maildir');
    const target = join(scene.base, 'target');
    writeFileSync(target, 'as it was');
    symlinkSync(target, place);
    const { status, err } = await run({ env: { ...bob, HOST: 'odd.example' } });
    expect([status, err]).toEqual([111, expect.stringMatching(/^4\.\d\.\d /u)]);
    expect(readFileSync(target, 'utf8')).toBe('as it was');
  });

  test('has delivered nothing when it is killed before the message is whole', async () => {
    const before = scene.messages('foo.bar.com', 'jo').length;
    const { status } = await run({
      env: { ...bob, EXT: 'jo' },
      onStart: (pid, write) => {
        write(`Subject: half\n\n${'x'.repeat(50_000)}`);
        setTimeout(() => process.kill(pid, 'SIGKILL'), 500);
      },
    });
    expect(status).toBeUndefined();
    expect(scene.messages('foo.bar.com', 'jo')).toHaveLength(before);
  });
});
