import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { answer, ctrlC, enter, textOn } from '../support/pty.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const domain = 'people.example';

describe.runIf(needs('root', { program: 'script' }))('the users of a domain', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = mountSandbox();
    outOf(await sandbox.virtfs(['create', domain, '--alias', 'www.people.example']));
  });
  afterAll(() => sandbox[Symbol.dispose]());

  test('are added with a password that is asked for twice and never shown', async () => {
    const run = sandbox.onTerminal(`exec "$virtfs" user add --shell /bin/sh www.people.example`);
    await answer(run, [
      ['Name of the new user', `Bob${enter}`],
      ['something other than a-z', `\u007f\u007f\u007fbob${enter}`],
      ['Password for bob', `First-word-12${enter}`],
      ['The same again', `First-wort-12${enter}`],
      ['The two are not the same.', `First-word-12${enter}`],
      ['The same again', `First-word-12${enter}`],
    ]);
    expect(await run.ended()).toBe(0);
    expect(textOn(run)).toContain(`Added the user bob to ${domain}`);
    expect(textOn(run)).not.toMatch(/First-wor/u);
    expect(await becomeBob('First-word-12')).toBe(0);
  });

  test('log in by what stands on standard input, and not while they are locked', async () => {
    const input = 'Second word, 34\nnot this\n';
    outOf(await sandbox.virtfs(['user', 'passwd', '--password-stdin', domain, 'bob'], { input }));
    expect(await becomeBob('Second word, 34')).toBe(0);
    outOf(await sandbox.virtfs(['user', 'lock', domain, 'bob']));
    expect(await becomeBob('Second word, 34')).toBe(1);
    expect((await sandbox.virtfs(['user', 'list', domain])).out).toMatch(/bob .*locked/u);
    outOf(await sandbox.virtfs(['user', 'unlock', domain, 'bob']));
    expect(await becomeBob('Second word, 34')).toBe(0);
  });

  test('are not changed when the question is left', async () => {
    const run = sandbox.onTerminal(`exec "$virtfs" user passwd ${domain} bob`);
    await answer(run, [['New password for bob', ctrlC]]);
    expect(await run.ended()).toBe(130);
    expect(await becomeBob('Second word, 34')).toBe(0);
  });

  test('are shown to people and to programs', async () => {
    const shown = JSON.parse(outOf(await sandbox.virtfs(['user', 'show', '--json', domain, 'bob'])));
    expect(shown).toMatchObject({ name: 'bob', home: '/home/b/bob', password: 'set', kind: 'person' });
    const { users } = JSON.parse(outOf(await sandbox.virtfs(['user', 'list', '--json', '--all', domain])));
    expect(users.map(({ name }: { readonly name: string }) => name)).toEqual(
      expect.arrayContaining(['root', 'mail', 'admin', 'bob']),
    );
    expect(outOf(await sandbox.virtfs(['user', 'show', domain, 'bob']))).not.toContain('$y$');
  });

  test('are known to the programs of the tree', async () => {
    expect(await sandbox.read(domain, 'id', '-un', 'bob')).toBe('bob');
    expect(
      (await sandbox.virtexec(['--domain', domain, '--user', 'bob', 'sh', '-c', 'cd; echo >Maildir/tmp/x']))
        .status,
    ).toBe(0);
  });

  test('are asked for nothing where there is no terminal', async () => {
    const passwd = await sandbox.virtfs(['user', 'passwd', domain, 'bob']);
    expect([passwd.status, passwd.err]).toEqual([64, expect.stringContaining('--password-stdin')]);
    const nobody = await sandbox.virtfs(['user', 'add', domain]);
    expect([nobody.status, nobody.err]).toEqual([
      64,
      expect.stringContaining(`virtfs user add ${domain} USER`),
    ]);
    const home = await sandbox.virtfs(['user', 'remove', '--home', domain, 'bob']);
    expect([home.status, home.err]).toEqual([64, expect.stringContaining('--home --yes')]);
  });

  test('are added by virtnewuser too, unless the tree has a newuser of its own', async () => {
    const links = join(sandbox.root, '..', 'links');
    mkdirSync(links);
    outOf(await sandbox.virtexec(['--links', links]));
    const run = sandbox.onTerminal(`VIRTFS_DOMAIN=${domain} exec ${links}/virtnewuser --no-password`);
    await answer(run, [[`Name of the new user of ${domain}`, `carl${enter}`]]);
    expect(await run.ended()).toBe(0);
    expect(await sandbox.read(domain, 'id', '-un', 'carl')).toBe('carl');
    const own = join(sandbox.root, domain, 'usr/local/sbin/newuser');
    mkdirSync(join(own, '..'), { recursive: true });
    writeFileSync(own, '#!/bin/sh\necho "inside $(hostname): $*"\n');
    chmodSync(own, 0o755);
    const inside = sandbox.onTerminal(`VIRTFS_DOMAIN=${domain} exec ${links}/virtnewuser dora`);
    expect(await inside.ended()).toBe(0);
    expect(textOn(inside)).toContain(`inside ${domain}: dora`);
  });

  test('go with their homes when that is meant', async () => {
    const run = sandbox.onTerminal(`exec "$virtfs" user remove --home ${domain} bob`);
    await answer(run, [['with all that is in /home/b/bob', `n${enter}`]]);
    expect(await run.ended()).toBe(0);
    expect(existsSync(join(sandbox.root, domain, 'home/b/bob'))).toBe(true);
    outOf(await sandbox.virtfs(['user', 'remove', '--home', '--yes', domain, 'bob']));
    expect(existsSync(join(sandbox.root, domain, 'home/b/bob'))).toBe(false);
    expect((await sandbox.virtfs(['user', 'show', domain, 'bob'])).status).toBe(67);
  });

  /** Becomes bob from the administrator's account, by his password: the tree's own su and PAM judge. */
  async function becomeBob(password: string): Promise<number | null> {
    const run = sandbox.onTerminal(`exec "$virtexec" --domain ${domain} --user admin su bob -c true`);
    await answer(run, [['Password:', `${password}${enter}`]]);
    return run.ended();
  }
});
