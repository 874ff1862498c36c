import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { acceptConfiguration } from '../../src/pipeline/accept-configuration.ts';
import { diffDomain } from '../../src/pipeline/diff-domain.ts';
import { hashOf } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const domain = parseDomainName('one.example');

describe.runIf(needs('root'))('diffDomain', () => {
  sandboxTest('finds nothing in a new tree', async ({ sandbox }) => {
    await make(sandbox);
    expect(await diff(sandbox)).toEqual([]);
  });

  sandboxTest('shows what the domain changed, from what virtfs would lay', async ({ sandbox }) => {
    const tree = await make(sandbox);
    appendFileSync(join(tree, 'etc/hosts'), '192.0.2.7 printer\n');
    const [difference, ...others] = await diff(sandbox);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ path: 'etc/hosts', state: 'changed' });
    expect(difference?.diff?.slice(0, 2)).toEqual(['--- today/etc/hosts', '+++ one.example/etc/hosts']);
    expect(difference?.diff?.at(-1)).toBe('+192.0.2.7 printer');
  });

  sandboxTest(
    'names what is missing, is no plain file, or is no text, and follows nothing',
    async ({ sandbox }) => {
      const tree = await make(sandbox);
      const canary = join(sandbox.disk, 'secret');
      writeFileSync(canary, 'secret of the host');
      for (const name of ['motd', 'issue', 'hosts', 'profile', 'networks', 'shells'])
        rmSync(join(tree, 'etc', name));
      symlinkSync(canary, join(tree, 'etc/issue'));
      execFileSync('mkfifo', [join(tree, 'etc/hosts')]);
      mkdirSync(join(tree, 'etc/profile'));
      writeFileSync(join(tree, 'etc/networks'), 'a\0b');
      writeFileSync(join(tree, 'etc/shells'), '');
      truncateSync(join(tree, 'etc/shells'), 1 << 30);
      rmSync(join(tree, 'etc/pam.d'), { recursive: true });
      symlinkSync(sandbox.disk, join(tree, 'etc/pam.d'));
      const found = await diff(sandbox);
      const states = Object.fromEntries(
        found.map(({ path, state, diff: lines }) => [path, lines ? 'shown' : state]),
      );
      expect(states).toMatchObject({
        'etc/motd': 'missing',
        'etc/issue': 'unreadable',
        'etc/hosts': 'unreadable',
        'etc/profile': 'unreadable',
        'etc/networks': 'changed',
        'etc/shells': 'unreadable',
        'etc/pam.d/passwd': 'unreadable',
      });
      expect(JSON.stringify(found)).not.toContain('secret of the host');
    },
  );

  sandboxTest('leaves accounts out, and limits itself to the named paths', async ({ sandbox }) => {
    const tree = await make(sandbox);
    for (const name of ['passwd', 'shadow', 'hosts', 'pam.d/passwd', 'pam.d/other'])
      appendFileSync(join(tree, 'etc', name), '# own\n');
    const paths = async (...words: readonly string[]) => (await diff(sandbox, words)).map(({ path }) => path);
    expect(await paths()).toEqual(['etc/hosts', 'etc/pam.d/other', 'etc/pam.d/passwd']);
    expect(await paths('/etc/pam.d/')).toEqual(['etc/pam.d/other', 'etc/pam.d/passwd']);
    expect(await paths('etc/hosts')).toEqual(['etc/hosts']);
    await expect(diff(sandbox, ['etc/shadow'])).rejects.toMatchObject({ code: 'PATH_NOT_IN_TREE' });
    await expect(diff(sandbox, ['usr/bin/ls'])).rejects.toMatchObject({ code: 'PATH_NOT_IN_TREE' });
    await expect(diff(sandbox, ['/'])).rejects.toMatchObject({ code: 'PATH_NOT_IN_TREE' });
  });

  sandboxTest('names a file an update laid beside, though nothing differs any more', async ({ sandbox }) => {
    const tree = await make(sandbox);
    writeFileSync(join(tree, 'etc/hosts.virtfs-new'), '');
    expect(await diff(sandbox)).toEqual([
      { path: 'etc/hosts', state: 'waiting', beside: 'etc/hosts.virtfs-new' },
    ]);
  });

  sandboxTest('compares files that name the domain itself, and those alone', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    const named = parseDomainName(
      /https:\/\/([\w.-]+)/u.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '',
    );
    await create({ settings, domains: [named, domain] });
    await create({ settings, domains: ['later.example'] });
    for (const tree of [named, domain]) appendFileSync(join(root, tree, 'etc/os-release'), 'OWN=1\n');
    const found = await diffDomain({ settings, root, domain: named, paths: [] });
    expect(found.map(({ path, state }) => [path, state])).toEqual([['etc/os-release', 'changed']]);
    expect(await diff(sandbox)).toEqual([]);
  });
});

describe.runIf(needs('root'))('acceptConfiguration', () => {
  sandboxTest(
    'puts the file of today in place, keeps the old one, and takes away the one beside',
    async ({ sandbox }) => {
      const tree = await make(sandbox);
      const hosts = join(tree, 'etc/hosts');
      const laid = hashOf(hosts);
      appendFileSync(hosts, 'own\n');
      const own = hashOf(hosts);
      chmodSync(hosts, 0o600);
      writeFileSync(`${hosts}.virtfs-new`, '');
      writeFileSync(`${hosts}.virtfs-old`, 'of another time');
      expect(await accept(sandbox, ['etc/hosts'])).toEqual([
        { path: 'etc/hosts', isReplaced: true, old: 'etc/hosts.virtfs-old' },
      ]);
      expect([hashOf(hosts), hashOf(`${hosts}.virtfs-old`)]).toEqual([laid, own]);
      expect(lstatSync(hosts).mode & 0o7777).toBe(0o644);
      expect(existsSync(`${hosts}.virtfs-new`)).toBe(false);
      expect(await diff(sandbox)).toEqual([]);
      expect(await accept(sandbox, ['etc/hosts'])).toEqual([{ path: 'etc/hosts', isReplaced: false }]);
      expect(hashOf(`${hosts}.virtfs-old`)).toBe(own);
      expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
    },
  );

  sandboxTest('replaces a link and never writes through it', async ({ sandbox }) => {
    const tree = await make(sandbox);
    const canary = join(sandbox.disk, 'canary');
    writeFileSync(canary, 'safe');
    for (const name of ['etc/motd', 'etc/hosts']) rmSync(join(tree, name));
    symlinkSync(canary, join(tree, 'etc/motd'));
    symlinkSync(canary, join(tree, 'etc/motd.virtfs-old'));
    execFileSync('mkfifo', [join(tree, 'etc/hosts')]);
    await accept(sandbox, ['etc/motd', 'etc/hosts']);
    expect(readFileSync(canary, 'utf8')).toBe('safe');
    expect(lstatSync(join(tree, 'etc/motd')).isFile()).toBe(true);
    expect(lstatSync(join(tree, 'etc/hosts')).isFile()).toBe(true);
    expect(readlinkSync(join(tree, 'etc/motd.virtfs-old'))).toBe(canary);
  });

  sandboxTest('stops at a folder, and notes what it did before', async ({ sandbox }) => {
    const tree = await make(sandbox);
    appendFileSync(join(tree, 'etc/hosts'), 'own\n');
    rmSync(join(tree, 'etc/motd'));
    mkdirSync(join(tree, 'etc/motd/kept'), { recursive: true });
    await expect(accept(sandbox, ['etc/hosts', 'etc/motd'])).rejects.toMatchObject({ code: 'TREE_UNSAFE' });
    expect(existsSync(join(tree, 'etc/motd/kept'))).toBe(true);
    rmSync(join(tree, 'etc/pam.d'), { recursive: true });
    symlinkSync(sandbox.disk, join(tree, 'etc/pam.d'));
    await expect(accept(sandbox, ['etc/pam.d/passwd'])).rejects.toMatchObject({ code: 'TREE_UNSAFE' });
    expect(existsSync(join(sandbox.disk, 'passwd'))).toBe(false);
    expect((await diff(sandbox, ['etc/hosts'])).length).toBe(0);
  });

  sandboxTest('puts no secret of the host into a tree', async ({ sandbox }) => {
    const tree = await make(sandbox);
    mkdirSync(sandbox.settings.etcDir, { recursive: true });
    writeFileSync(join(sandbox.settings.etcDir, 'motd'), '-----BEGIN PRIVATE KEY-----\n');
    const before = readFileSync(join(tree, 'etc/motd'), 'utf8');
    await expect(accept(sandbox, ['etc/motd'])).rejects.toMatchObject({ code: 'TREE_UNSAFE' });
    expect(readFileSync(join(tree, 'etc/motd'), 'utf8')).toBe(before);
  });

  sandboxTest('makes the accepted file the one virtfs laid', async ({ sandbox }) => {
    const tree = await make(sandbox);
    const template = join(sandbox.settings.etcDir, 'motd');
    mkdirSync(sandbox.settings.etcDir, { recursive: true });
    writeFileSync(template, 'of today\n');
    writeFileSync(join(tree, 'etc/motd'), 'own\n');
    await accept(sandbox, ['etc/motd']);
    expect(readFileSync(join(tree, 'etc/motd'), 'utf8')).toBe('of today\n');
    const manifest = JSON.parse(
      readFileSync(join(sandbox.root, '.virtfs/manifests/one.example.json'), 'utf8'),
    );
    const entries = manifest.own.filter(({ path }: { path: string }) => path === 'etc/motd');
    expect(entries).toMatchObject([{ sha256: hashOf(template), size: 9, mode: '0644' }]);
  });
});

async function make({ settings, root }: Sandbox): Promise<string> {
  await create({ settings, domains: [domain] });
  return join(root, domain);
}

function diff({ settings, root }: Sandbox, paths: readonly string[] = []) {
  return diffDomain({ settings, root, domain, paths });
}

function accept({ settings, root }: Sandbox, paths: readonly string[]) {
  const { signal } = new AbortController();
  return acceptConfiguration({ settings, root, domain, paths, signal, onWait: () => {} });
}
