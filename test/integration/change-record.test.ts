import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import { readRecord } from '../../src/host/read-records.ts';
import {
  addAddresses,
  addAliases,
  changeOne,
  codeOf,
  confLine,
  ip1,
  makeOne,
  namesIn,
  one,
  recordFile,
  removeAliases,
} from '../support/change-one.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { sandboxTest } from '../support/trees-root.ts';

const www = parseDomainName('www.one.org');

describe.runIf(needs('root'))('changeRecord', () => {
  sandboxTest('writes an alias into the record and links it beside the tree', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const before = await readRecord(sandbox.root, one);
    const changed = await addAliases(sandbox, 'www.one.org', 'one.net');
    expect(changed).toMatchObject({ isChanged: true, added: { aliases: ['www.one.org', 'one.net'] } });
    expect(readlinkSync(join(sandbox.root, 'www.one.org'))).toBe('one.org');
    const after = await readRecord(sandbox.root, one);
    expect(after).toEqual({ ...before, aliases: ['www.one.org', 'one.net'], updated: after?.updated });
    expect(after?.updated).not.toBe(before?.updated);
  });

  sandboxTest('takes an alias away again, and touches no link of anybody else', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    await create({ settings: sandbox.settings, domains: ['two.org'], aliases: ['www.two.org'] });
    symlinkSync('one.org', join(sandbox.root, 'by-hand.org'));
    const changed = await removeAliases(sandbox, 'www.one.org', 'www.two.org');
    expect(changed).toMatchObject({ isChanged: true, removed: { aliases: ['www.one.org'] } });
    expect(namesIn(sandbox.root)).toEqual(['by-hand.org', 'one.org', 'two.org', 'www.two.org']);
  });

  sandboxTest('says that nothing changed when all is so already, and writes nothing', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'], addresses: [ip1] });
    writeFileSync(join(sandbox.root, 'conf.ftp'), confLine(sandbox, ip1));
    const inode = lstatSync(recordFile(sandbox)).ino;
    expect(await addAliases(sandbox, 'www.one.org')).toMatchObject({ isChanged: false, problems: [] });
    expect(await addAddresses(sandbox, ip1)).toMatchObject({ isChanged: false, problems: [] });
    expect(await removeAliases(sandbox, 'no.org')).toMatchObject({ isChanged: false });
    expect(lstatSync(recordFile(sandbox)).ino).toBe(inode);
  });

  sandboxTest('makes a link the record has and the root lacks', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    unlinkSync(join(sandbox.root, 'www.one.org'));
    expect(await addAliases(sandbox, 'www.one.org')).toMatchObject({
      isChanged: true,
      links: ['www.one.org'],
    });
    expect(readlinkSync(join(sandbox.root, 'www.one.org'))).toBe('one.org');
  });

  sandboxTest('removes a link the record has no more, when it is named', async ({ sandbox }) => {
    await makeOne(sandbox);
    symlinkSync('one.org', join(sandbox.root, 'www.one.org'));
    expect(await removeAliases(sandbox, 'www.one.org')).toMatchObject({ links: ['www.one.org'] });
    expect(namesIn(sandbox.root)).toEqual(['one.org']);
  });

  sandboxTest('takes a link made by hand into the record', async ({ sandbox }) => {
    await makeOne(sandbox);
    symlinkSync('one.org', join(sandbox.root, 'www.one.org'));
    expect(await addAliases(sandbox, 'www.one.org')).toMatchObject({ added: { aliases: ['www.one.org'] } });
    expect((await readRecord(sandbox.root, one))?.aliases).toEqual(['www.one.org']);
  });

  sandboxTest('refuses names that are taken, and changes nothing', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    await create({ settings: sandbox.settings, domains: ['two.org'], aliases: ['www.two.org'] });
    mkdirSync(join(sandbox.root, 'hand.org'));
    writeFileSync(join(sandbox.root, 'file.org'), '');
    symlinkSync('nowhere', join(sandbox.root, 'link.org'));
    const before = readFileSync(recordFile(sandbox), 'utf8');
    for (const name of ['two.org', 'www.two.org', 'hand.org', 'file.org', 'link.org']) {
      expect(await codeOf(addAliases(sandbox, 'free.org', name)), name).toBe('DOMAIN_EXISTS');
    }
    expect(await codeOf(addAliases(sandbox, 'one.org'))).toBe('BAD_USAGE');
    expect(readFileSync(recordFile(sandbox), 'utf8')).toBe(before);
    expect(existsSync(join(sandbox.root, 'free.org'))).toBe(false);
  });

  sandboxTest('refuses an alias another record has, though its link is gone', async ({ sandbox }) => {
    await makeOne(sandbox);
    await create({ settings: sandbox.settings, domains: ['two.org'], aliases: ['www.two.org'] });
    unlinkSync(join(sandbox.root, 'www.two.org'));
    expect(await codeOf(addAliases(sandbox, 'www.two.org'))).toBe('DOMAIN_EXISTS');
  });

  sandboxTest('refuses an address another domain has, in whichever root', async ({ sandbox }) => {
    const second = { ...sandbox.settings, root: join(sandbox.disk, 'second') };
    await makeOne(sandbox);
    await create({
      settings: second,
      domains: ['two.org'],
      addresses: ['2001:db8::1'],
      aliases: ['www.two.org'],
    });
    const settings = { ...sandbox.settings, roots: [sandbox.root, second.root] };
    const address = parseIpAddress('2001:DB8:0::1');
    expect(await codeOf(addAddresses({ ...sandbox, settings }, address))).toBe('ADDRESS_TAKEN');
    expect(await codeOf(addAliases({ ...sandbox, settings }, 'www.two.org'))).toBe('DOMAIN_EXISTS');
  });

  sandboxTest('leaves all as it is when what comes before the writing fails', async ({ sandbox }) => {
    await makeOne(sandbox);
    const before = readFileSync(recordFile(sandbox), 'utf8');
    const failing = changeOne(sandbox, {
      change: (record) => ({ ...record, aliases: [www] }),
      beforeWrite: () => Promise.reject(new Error('no')),
    });
    await expect(failing).rejects.toThrow('no');
    expect(readFileSync(recordFile(sandbox), 'utf8')).toBe(before);
    expect(namesIn(sandbox.root)).toEqual(['one.org']);
  });

  sandboxTest('refuses a tree that was made by hand', async ({ sandbox }) => {
    await makeOne(sandbox);
    rmSync(recordFile(sandbox));
    expect(await codeOf(addAliases(sandbox, 'www.one.org'))).toBe('DOMAIN_MISSING');
  });
});
