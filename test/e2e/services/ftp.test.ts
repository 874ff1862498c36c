import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl, loginDenied } from '../../support/curl.ts';
import { expectSettled } from '../../support/expect-settled.ts';
import { needs } from '../../support/needs.ts';
import { outOf } from '../../support/sandbox.ts';
import {
  bobsFile,
  bobsText,
  forEachBob,
  makeTwoBobs,
  readBobsFile,
  type TwoBobs,
} from '../../support/two-bobs.ts';

const wanted = ['vsftpd', 'curl'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('vsftpd in trees of the profile ftp', () => {
  let bobs: TwoBobs;

  beforeAll(async () => {
    bobs = await makeTwoBobs('ftp');
    await bobs.serve(21, ['/usr/sbin/vsftpd', '/etc/vsftpd.conf']);
  });
  afterAll(async () => await bobs[Symbol.asyncDispose]());

  test('lets each bob in by his own password alone, and to his own files', async () => {
    await forEachBob(bobs, async ({ domain, address, password, otherPassword }) => {
      const get = (secret: string) => curl(['--user', `bob:${secret}`, `ftp://${address}/${bobsFile}`]);
      expect(await get(password)).toMatchObject({ status: 0, out: bobsText(domain) });
      expect(await get(otherPassword)).toMatchObject({ status: loginDenied, out: '' });
    });
  });

  test('greets in the name of the domain', async () => {
    for (const { domain, address } of bobs.places) {
      const { err } = await curl(['--verbose', `ftp://${address}/`]);
      expect(err).toContain(`220 ${domain} FTP server`);
    }
  });

  test('takes a file, which is the user’s own then', async () => {
    const [{ address, password, tree }, other] = bobs.places;
    const put = ['--user', `bob:${password}`, '--upload-file', '-', `ftp://${address}/sent.txt`];
    outOf(await curl(put, 'sent by ftp\n'));
    expect(readBobsFile(tree, 'sent.txt')).toBe('sent by ftp\n');
    const home = join(tree, 'home/b/bob');
    expect(statSync(join(home, 'sent.txt')).uid).toBe(statSync(home).uid);
    expect(() => readBobsFile(other.tree, 'sent.txt')).toThrow(/ENOENT/u);
  });

  test('shuts a user in his home', async () => {
    const [{ address, password }] = bobs.places;
    for (const path of ['//etc/passwd', '/../../../etc/passwd']) {
      const get = ['--path-as-is', '--user', `bob:${password}`, `ftp://${address}/${path}`];
      expect((await curl(get)).status).not.toBe(0);
    }
  });

  test('shows anyone what is public in the domain, and takes nothing from him', async () => {
    for (const { domain, address, tree } of bobs.places) {
      writeFileSync(join(tree, 'srv/ftp/pub/news.txt'), `public at ${domain}\n`);
      expect(outOf(await curl([`ftp://${address}/pub/news.txt`]))).toBe(`public at ${domain}`);
      const put = ['--upload-file', '-', `ftp://${address}/pub/mine.txt`];
      expect((await curl(put, 'mine\n')).status).not.toBe(0);
    }
  });

  test('lets a guest begin in a folder of the home he is shut in', async () => {
    const [{ domain, address, tree }] = bobs.places;
    const add = ['user', 'add', domain, 'guest1', '--home', '/home/g/guest1', '--password-stdin'];
    outOf(await bobs.sandbox.virtfs(add, { input: 'Guest-word-9\n' }));
    const { uid, gid } = statSync(join(tree, 'home/g/guest1'));
    mkdirSync(join(tree, 'home/g/guest1/incoming'));
    await bobs.sandbox.read(domain, 'chown', `${uid}:${gid}`, '/home/g/guest1/incoming');
    // As the HOWTO has it, with a shell that lets him do nothing else.
    const passwd = join(tree, 'etc/passwd');
    const text = readFileSync(passwd, 'utf8');
    expect(text).toMatch(/^guest1:.*:\/home\/g\/guest1:\/bin\/false$/mu);
    writeFileSync(passwd, text.replace(':/home/g/guest1:', ':/home/g/guest1/./incoming:'));
    const login = ['--user', 'guest1:Guest-word-9'];
    const { err } = await curl([...login, '--verbose', `ftp://${address}/`]);
    expect(err).toContain('257 "/incoming" is the current directory');
    outOf(await curl([...login, '--upload-file', '-', `ftp://${address}/gift.txt`], 'a gift\n'));
    expect(readFileSync(join(tree, 'home/g/guest1/incoming/gift.txt'), 'utf8')).toBe('a gift\n');
  });

  test('needs nothing that an update or a check would complain of', async () => {
    await expectSettled(bobs.sandbox);
  });
});
