import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSettled } from '../../support/expect-settled.ts';
import { needs } from '../../support/needs.ts';
import { runAlone } from '../../support/run-alone.ts';
import { outOf } from '../../support/sandbox.ts';
import { sftp } from '../../support/sftp.ts';
import {
  type BobsPlace,
  bobsFile,
  bobsText,
  forEachBob,
  makeTwoBobs,
  readBobsFile,
  type TwoBobs,
} from '../../support/two-bobs.ts';

const wanted = ['sshd', 'sftp', 'ssh-keygen'].map((program) => ({ program }));
const keyFile = 'etc/ssh/ssh_host_ed25519_key';

describe.runIf(needs('root', ...wanted))('sshd in trees of the profile sftp', () => {
  let bobs: TwoBobs;
  let folder: string;

  beforeAll(async () => {
    bobs = await makeTwoBobs('sftp');
    folder = mkdtempSync(join(bobs.sandbox.root, '../sftp-'));
    await bobs.serve(22, ['/usr/sbin/sshd', '-i']);
  });
  afterAll(async () => await bobs[Symbol.asyncDispose]());

  test('lets each bob in by his own password alone, and to his own files', async () => {
    await forEachBob(bobs, async (place) => {
      const file = join(folder, place.domain);
      const get = [`get ${bobsFile} ${file}`];
      outOf(await sftp({ ...callOf(place), commands: get }));
      expect(readFileSync(file, 'utf8')).toBe(bobsText(place.domain));
      const wrong = await sftp({ ...callOf(place), password: place.otherPassword, commands: get });
      expect(wrong).toMatchObject({ status: 255 });
    });
  });

  test('has a host key of its own in each domain, which root of the tree alone may read', async () => {
    const keys = bobs.places.map(({ tree }) => readFileSync(join(tree, keyFile), 'utf8'));
    expect(new Set(keys).size).toBe(2);
    for (const place of bobs.places) {
      const { mode, uid, gid } = statSync(join(place.tree, keyFile));
      expect([mode & 0o7777, uid, gid]).toEqual([0o600, 0, 0]);
      const told = outOf(await runAlone(['ssh-keygen', '-y', '-f', join(place.tree, keyFile)]));
      expect(`${told}\n`).toBe(publicKey(place));
      expect(told).toMatch(new RegExp(` ${place.domain}$`, 'u'));
    }
    const [a, b] = bobs.places;
    // A client that knows the other domain by its key does not take this one for it.
    expect(await sftp({ ...callOf(a), hostKey: publicKey(b), commands: ['pwd'] })).toMatchObject({
      status: 255,
    });
  });

  test('keeps its host key through updates, and gives a clone another', async () => {
    const [{ domain, tree }] = bobs.places;
    const before = readFileSync(join(tree, keyFile), 'utf8');
    outOf(await bobs.sandbox.virtfs(['update', domain, '--repair']));
    expect(readFileSync(join(tree, keyFile), 'utf8')).toBe(before);
    outOf(await bobs.sandbox.virtfs(['clone', domain, 'c.example']));
    const cloned = readFileSync(join(bobs.sandbox.root, 'c.example', keyFile), 'utf8');
    expect(cloned).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/u);
    expect(cloned).not.toBe(before);
    expect(readFileSync(join(bobs.sandbox.root, 'c.example', `${keyFile}.pub`), 'utf8')).toMatch(
      / c\.example\n$/u,
    );
  });

  test('takes a file, which is the user’s own then', async () => {
    const [place, other] = bobs.places;
    const file = join(folder, place.domain);
    outOf(await sftp({ ...callOf(place), commands: [`put ${file} sent.txt`] }));
    expect(readBobsFile(place.tree, 'sent.txt')).toBe(bobsText(place.domain));
    expect(() => readBobsFile(other.tree, 'sent.txt')).toThrow(/ENOENT/u);
  });

  test('gives nobody a shell or a way to elsewhere, and lets root in by no password', async () => {
    const [place] = bobs.places;
    const password = 'Admin-word-7';
    const set = ['user', 'passwd', place.domain, 'admin', '--password-stdin'];
    outOf(await bobs.sandbox.virtfs(set, { input: `${password}\n` }));
    const admin = { ...callOf(place), user: 'admin', password, commands: [] };
    expect(await sftp({ ...admin, commands: ['pwd'] })).toMatchObject({ status: 0 });
    const shell = await sftp({ ...admin, ssh: { command: 'echo in' } });
    expect(shell.out).not.toContain('in\n');
    // Of the host, which may well listen there.
    const forward = await sftp({ ...admin, ssh: { options: ['-W', '127.0.0.1:22'] } });
    expect(forward.out).not.toContain('SSH-2.0');
    expect(forward.err).toContain('prohibited');
    const root = await sftp({ ...callOf(place), user: 'root', password: '*', commands: ['pwd'] });
    expect(root).toMatchObject({ status: 255 });
  });

  test('lets a locked user in no more', async () => {
    const [place] = bobs.places;
    outOf(await bobs.sandbox.virtfs(['user', 'lock', place.domain, 'bob']));
    expect(await sftp({ ...callOf(place), commands: ['pwd'] })).toMatchObject({ status: 255 });
  });

  test('needs nothing that an update or a check would complain of', async () => {
    await expectSettled(bobs.sandbox);
  });

  function callOf(place: BobsPlace) {
    const { address, password } = place;
    return { address, port: 22, user: 'bob', password, hostKey: publicKey(place) };
  }

  function publicKey({ tree }: BobsPlace): string {
    return readFileSync(join(tree, `${keyFile}.pub`), 'utf8');
  }
});
