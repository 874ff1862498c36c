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
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { changeTrees } from '../../src/pipeline/change-trees.ts';
import { cloneDomain, planClone } from '../../src/pipeline/clone-domain.ts';
import { bob, makeHome, makeSource, shiftIds, wordsOf } from '../support/clone-source.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { clone, cloneRequestOf } from '../support/run-clone.ts';
import { create } from '../support/run-create.ts';
import { sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('cloneDomain', () => {
  sandboxTest('makes of an untouched domain what create would have made', async ({ sandbox }) => {
    const at = await makeSource(sandbox);
    await create({ settings: sandbox.settings, domains: ['plain.example'] });
    const result = await clone(wordsOf(sandbox));
    const listed = (tree: string) => listTree(tree).filter((line) => !line.startsWith('etc/'));
    expect(shiftIds(listed(at.copy), 20_000)).toEqual(
      shiftIds(listed(join(sandbox.root, 'plain.example')), 10_000),
    );
    expect(result.copied).toEqual({ files: 0, folders: 0, links: 0, bytes: 0 });
    expect(readFileSync(join(at.copy, 'etc/hostname'), 'utf8')).toContain('copy');
    const etc = readdirSync(join(at.copy, 'etc'), { recursive: true }).map(String).sort();
    expect(etc).toEqual(readdirSync(join(at.tree, 'etc'), { recursive: true }).map(String).sort());
  });

  sandboxTest('gives the new domain ids, addresses and aliases of its own', async ({ sandbox }) => {
    await makeSource(sandbox, { addresses: ['192.0.2.1'], aliases: ['www.source.example'] });
    const result = await clone({
      ...wordsOf(sandbox),
      addresses: ['192.0.2.2'],
      aliases: ['www.copy.example'],
    });
    const record = JSON.parse(readFileSync(join(sandbox.root, '.virtfs/domains/copy.example.json'), 'utf8'));
    expect(record).toMatchObject({
      domain: 'copy.example',
      profiles: ['small'],
      addresses: ['192.0.2.2'],
      aliases: ['www.copy.example'],
      uids: { first: 210_000, count: 10_000 },
    });
    expect(result.domains[0]?.record).toEqual(record);
    expect(readlinkSync(join(sandbox.root, 'www.copy.example'))).toBe('copy.example');
  });

  sandboxTest(
    'brings what the domain added and changed, and lacks what it took away',
    async ({ sandbox }) => {
      const { tree, copy } = await makeSource(sandbox);
      appendFileSync(join(tree, 'etc/hosts'), '192.0.2.9 source.example\n');
      writeFileSync(join(tree, 'etc/own.conf'), 'nothing to see\n');
      mkdirSync(join(tree, 'etc/own.d'));
      writeFileSync(join(tree, 'etc/own.d/a'), 'server source.example\n');
      rmSync(join(tree, 'etc/motd'));
      rmSync(join(tree, 'home/q'), { recursive: true });
      mkdirSync(join(tree, 'usr/local/bin'));
      writeFileSync(join(tree, 'usr/local/bin/tool'), '#!/bin/sh\n', { mode: 0o755 });
      mkdirSync(join(tree, 'srv/data'), { recursive: true });
      chmodSync(join(tree, 'home/a/admin'), 0o711);
      chmodSync(join(tree, 'etc/issue'), 0o600);
      writeFileSync(join(tree, 'usr/bin/ls'), 'not what the host has');
      writeFileSync(join(tree, 'tmp/scratch'), '');
      const { notices, copied } = await clone(wordsOf(sandbox));
      expect(readFileSync(join(copy, 'etc/hosts'), 'utf8')).toContain('192.0.2.9 source.example');
      expect(['etc/motd', 'home/q', 'tmp/scratch'].filter((path) => existsSync(join(copy, path)))).toEqual(
        [],
      );
      expect(lstatSync(join(copy, 'usr/local/bin/tool')).mode & 0o7777).toBe(0o755);
      expect(lstatSync(join(copy, 'srv/data')).isDirectory()).toBe(true);
      expect(lstatSync(join(copy, 'home/a/admin')).mode & 0o7777).toBe(0o711);
      expect(lstatSync(join(copy, 'etc/issue')).mode & 0o7777).toBe(0o600);
      expect(hashOf(join(copy, 'usr/bin/ls'))).toBe(hashOf('/usr/bin/ls'));
      const spoken = notices.find((notice) => notice.includes('speak of source.example'));
      expect(spoken).toMatch(/: etc\/(?:hosts, etc\/own\.d\/a|own\.d\/a, etc\/hosts)$/u);
      expect(copied).toMatchObject({ files: 4, links: 0 });
    },
  );

  sandboxTest('keeps users with their passwords, or locks them all', async ({ sandbox }) => {
    const { tree, copy } = await makeSource(sandbox);
    appendFileSync(
      join(tree, 'etc/passwd'),
      `bob:x:${bob}:${bob}::/home/b/bob:/bin/sh\nhost:x:1000:1000::/:/bin/sh\n`,
    );
    appendFileSync(join(tree, 'etc/group'), `bob:x:${bob}:\n`);
    appendFileSync(join(tree, 'etc/shadow'), 'bob:$6$salt$hash:1::::::\n');
    writeFileSync(join(tree, 'etc/shadow-'), 'bob:$6$old$hash:1::::::\n');
    const { notices } = await clone(wordsOf(sandbox));
    await clone({ ...wordsOf(sandbox), domain: 'locked.example', withoutPasswords: true });
    const text = (path: string) => readFileSync(join(copy, path), 'utf8');
    expect(text('etc/passwd')).toContain('bob:x:210005:210005::/home/b/bob:/bin/sh\n');
    expect(text('etc/passwd')).not.toContain('host:');
    expect(text('etc/shadow')).toContain('bob:$6$salt$hash:1::::::\n');
    expect(lstatSync(join(copy, 'etc/shadow')).mode & 0o7777).toBe(0o640);
    expect(existsSync(join(copy, 'etc/shadow-'))).toBe(false);
    expect(notices.some((notice) => notice.endsWith('left out: host'))).toBe(true);
    const locked = join(sandbox.root, 'locked.example');
    expect(readFileSync(join(locked, 'etc/shadow'), 'utf8')).toContain('bob:!:1::::::\n');
    expect(
      walk(locked).filter(
        ({ path, stats }) => stats.isFile() && readFileSync(join(locked, path)).includes('$6$salt'),
      ),
    ).toEqual([]);
  });

  sandboxTest('refuses a source that is none of ours, and a name that is taken', async ({ sandbox }) => {
    await makeSource(sandbox);
    mkdirSync(join(sandbox.root, 'byhand.example'));
    await expect(clone({ ...wordsOf(sandbox), source: 'byhand.example' })).rejects.toMatchObject({
      code: 'BAD_RECORD',
    });
    await expect(clone({ ...wordsOf(sandbox), domain: 'source.example' })).rejects.toMatchObject({
      code: 'DOMAIN_EXISTS',
    });
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
  });

  sandboxTest('stops when the source became another while it waited for its turn', async ({ sandbox }) => {
    await makeSource(sandbox);
    const file = join(sandbox.root, '.virtfs/domains/source.example.json');
    const place = {
      root: sandbox.root,
      what: 'wait',
      signal: new AbortController().signal,
      onWait: () => {},
    };
    const waiting = Promise.withResolvers<void>();
    let cloned: Promise<unknown> | undefined;
    await changeTrees(place, () => {
      const onWait = () => {
        writeFileSync(file, readFileSync(file, 'utf8').replace('"small"', '"login"'));
        waiting.resolve();
      };
      cloned = cloneDomain({ ...cloneRequestOf(wordsOf(sandbox)), onWait });
      return waiting.promise;
    });
    await expect(cloned).rejects.toMatchObject({ code: 'TREE_BROKEN' });
    expect(existsSync(join(sandbox.root, 'copy.example'))).toBe(false);
  });

  sandboxTest('leaves nothing when the disk is full', async ({ sandbox }) => {
    const { tree } = await makeSource(sandbox);
    writeFileSync(join(makeHome(tree), 'large'), Buffer.alloc(8 << 20, 'x'));
    const used = Number(
      execFileSync('df', ['--output=used', '-k', sandbox.disk], { encoding: 'utf8' }).split('\n')[1],
    );
    sandbox.remount(`size=${used + 4096}k`);
    await expect(clone(wordsOf(sandbox))).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
    expect(existsSync(join(sandbox.root, 'copy.example'))).toBe(false);
    sandbox.remount('size=200m');
    await clone(wordsOf(sandbox));
  });
});

describe.runIf(needs('root'))('planClone', () => {
  sandboxTest('counts what would come along, and changes nothing', async ({ sandbox }) => {
    const { tree } = await makeSource(sandbox);
    const home = makeHome(tree);
    writeFileSync(join(home, 'file'), 'text');
    symlinkSync('file', join(home, 'link'));
    appendFileSync(join(tree, 'etc/hosts'), '# source.example\n');
    const before = listTree(sandbox.root);
    const planned = await planClone(cloneRequestOf(wordsOf(sandbox)));
    expect(listTree(sandbox.root)).toEqual(before);
    const { copied, notices } = await clone(wordsOf(sandbox));
    expect(planned.copied).toEqual(copied);
    expect(planned.notices).toEqual(notices);
    expect(copied).toMatchObject({ files: 2, links: 1, folders: 1 });
  });
});
