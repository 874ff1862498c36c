import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { readManifest } from '../../src/host/read-manifest.ts';
import { readRecord } from '../../src/host/read-records.ts';
import {
  codeOf,
  confLine,
  confOf,
  ip1,
  makeOne,
  namesIn,
  one,
  putConf,
  recordFile,
} from '../support/change-one.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { renameOne } from '../support/rename-one.ts';
import { create } from '../support/run-create.ts';
import { sandboxTest } from '../support/trees-root.ts';

const next = parseDomainName('new.org');

describe.runIf(needs('root'))('renameDomain', () => {
  sandboxTest(
    'moves tree, record, manifests, aliases and conf lines to the new name',
    async ({ sandbox }) => {
      const { root } = sandbox;
      await makeOne(sandbox, { addresses: [ip1], aliases: ['www.one.org'] });
      symlinkSync('one.org/', join(root, 'by-hand.org'));
      putConf(sandbox, 'conf.ftp', `${confLine(sandbox, ip1)}default  ${root}/www.one.org # caf\xe9\n`);
      const previous = join(root, '.virtfs/previous');
      writeFileSync(
        join(previous, 'one.org.json'),
        readFileSync(join(root, '.virtfs/manifests/one.org.json')),
      );
      const before = {
        record: await readRecord(root, one),
        tree: listTree(join(root, 'one.org')),
        manifest: await readManifest(root, one),
      };
      const renamed = await renameOne(sandbox);
      expect(renamed).toMatchObject({
        isChanged: true,
        path: `${root}/new.org`,
        confFiles: ['conf.ftp'],
        problems: [],
        notices: [],
      });
      expect(namesIn(root)).toEqual(['by-hand.org', 'conf.ftp', 'new.org', 'www.one.org']);
      expect(readlinkSync(join(root, 'www.one.org'))).toBe('new.org');
      expect(readlinkSync(join(root, 'by-hand.org'))).toBe('new.org');
      expect(listTree(join(root, 'new.org'))).toEqual(before.tree);
      expect(confOf(sandbox, 'conf.ftp')).toBe(
        `${confLine(sandbox, ip1, 'new.org')}default  ${root}/www.one.org # caf\xe9\n`,
      );
      const record = await readRecord(root, next);
      expect(record).toEqual({
        ...before.record,
        domain: 'new.org',
        renamedFrom: 'one.org',
        updated: record?.updated,
      });
      expect(record?.updated).not.toBe(before.record?.updated);
      const manifest = await readManifest(root, next);
      expect(manifest?.manifest).toEqual({ ...before.manifest?.manifest, domain: 'new.org' });
      for (const part of ['domains', 'manifests', 'previous'])
        expect(filesIn(root, part)).toEqual(['new.org.json']);
      expect(JSON.parse(readFileSync(join(previous, 'new.org.json'), 'utf8'))).toMatchObject({
        domain: 'new.org',
      });
      expect(existsSync(join(root, '.virtfs/renaming.json'))).toBe(false);
    },
  );

  sandboxTest('leaves the old name as an alias when it is asked to', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    await renameOne(sandbox, { keepAlias: true });
    expect(readlinkSync(join(sandbox.root, 'one.org'))).toBe('new.org');
    expect((await readRecord(sandbox.root, next))?.aliases).toEqual(['www.one.org', 'one.org']);
  });

  sandboxTest('finds that all is done when it is called again', async ({ sandbox }) => {
    await makeOne(sandbox);
    await renameOne(sandbox);
    expect(await renameOne(sandbox)).toMatchObject({ isChanged: false, record: { domain: 'new.org' } });
    expect(await codeOf(renameOne(sandbox, { from: 'other.org' }))).toBe('DOMAIN_MISSING');
  });

  sandboxTest(
    'frees the old name: another domain can be made of it, and can be renamed in its turn',
    async ({ sandbox }) => {
      await makeOne(sandbox);
      await renameOne(sandbox);
      await makeOne(sandbox);
      expect(await codeOf(renameOne(sandbox))).toBe('DOMAIN_EXISTS');
      await renameOne(sandbox, { to: 'third.org' });
      expect(namesIn(sandbox.root)).toEqual(['new.org', 'third.org']);
    },
  );

  sandboxTest('refuses a name that is not free, and changes nothing', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    await create({ settings: sandbox.settings, domains: ['two.org'], aliases: ['www.two.org'] });
    writeFileSync(join(sandbox.root, 'file.org'), '');
    mkdirSync(join(sandbox.root, 'hand.org'));
    const second = { ...sandbox.settings, root: join(sandbox.disk, 'second') };
    await create({ settings: second, domains: ['far.org'] });
    const settings = { ...sandbox.settings, roots: [sandbox.root, second.root] };
    const before = readFileSync(recordFile(sandbox), 'utf8');
    for (const to of ['two.org', 'www.two.org', 'www.one.org', 'file.org', 'hand.org', 'far.org']) {
      expect(await codeOf(renameOne({ ...sandbox, settings }, { to })), to).toBe('DOMAIN_EXISTS');
    }
    await expect(renameOne(sandbox, { to: 'file.org' })).rejects.toThrow('that is no domain has its name');
    expect(await codeOf(renameOne(sandbox, { to: 'one.org' }))).toBe('BAD_USAGE');
    expect(await codeOf(renameOne(sandbox, { to: `${`${'a'.repeat(49)}.`.repeat(5)}org` }))).toBe(
      'BAD_DOMAIN_NAME',
    );
    expect(await codeOf(renameOne(sandbox, { from: 'www.one.org' }))).toBe('BAD_USAGE');
    expect(await codeOf(renameOne(sandbox, { from: 'hand.org' }))).toBe('DOMAIN_MISSING');
    expect(readFileSync(recordFile(sandbox), 'utf8')).toBe(before);
    expect(filesIn(sandbox.root, 'domains')).toEqual(['one.org.json', 'two.org.json']);
  });

  sandboxTest('refuses while something is mounted in the tree, even by force', async ({ sandbox }) => {
    await makeOne(sandbox);
    const point = join(sandbox.root, 'one.org/tmp');
    execFileSync('mount', ['-t', 'tmpfs', 'none', point]);
    try {
      expect(await codeOf(renameOne(sandbox, { force: true }))).toBe('TREE_IN_USE');
    } finally {
      execFileSync('umount', [point]);
    }
    expect(namesIn(sandbox.root)).toEqual(['one.org']);
  });

  sandboxTest('refuses while a program runs in the tree, and by force lets it go on', async ({ sandbox }) => {
    await makeOne(sandbox);
    const child = spawn('sleep', ['1000'], { cwd: join(sandbox.root, 'one.org/tmp') });
    try {
      await expect(renameOne(sandbox)).rejects.toMatchObject({
        code: 'TREE_IN_USE',
        why: expect.stringContaining('sleep 1000'),
      });
      expect(existsSync(join(sandbox.root, '.virtfs/renaming.json'))).toBe(false);
      const renamed = await renameOne(sandbox, { force: true });
      expect(renamed.notices).toEqual([
        expect.stringContaining(`1 program runs in it: ${child.pid} (sleep 1000)`),
      ]);
    } finally {
      child.kill();
    }
    expect(namesIn(sandbox.root)).toEqual(['new.org']);
  });

  sandboxTest('refuses a tree that is not root’s', async ({ sandbox }) => {
    await makeOne(sandbox);
    execFileSync('chown', ['65534', join(sandbox.root, 'one.org')]);
    expect(await codeOf(renameOne(sandbox))).toBe('TREE_UNSAFE');
    expect(lstatSync(join(sandbox.root, 'one.org')).uid).toBe(65_534);
  });
});

function filesIn(root: string, part: string): readonly string[] {
  return namesIn(join(root, '.virtfs', part));
}
