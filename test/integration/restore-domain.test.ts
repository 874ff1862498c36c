import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readTrash } from '../../src/host/read-trash.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { remove, restore } from '../support/run-removal.ts';
import { codeOf, errorOf } from '../support/thrown-async.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const domain = 'a.org';
const alias = 'www.a.org';
const address = '192.0.2.1';

describe.runIf(needs('root'))('restoreDomain', () => {
  sandboxTest('brings back the tree and all that led to it', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    const before = await makeDomain(sandbox);
    const conf = `# who\n${address} ${root}/a.org\n`;
    writeFileSync(join(root, 'conf.ftp'), conf);
    const record = readFileSync(join(root, '.virtfs/domains/a.org.json'), 'utf8');
    const manifest = readFileSync(join(root, '.virtfs/manifests/a.org.json'), 'utf8');
    await remove({ settings, domains: [domain] });
    const result = await restore({ settings, domain });
    expect(result).toMatchObject({
      domain,
      aliases: [alias],
      addresses: [address],
      leftOut: [],
      confFiles: ['conf.ftp'],
      notices: [],
    });
    expect(listTree(join(root, domain))).toEqual(before);
    expect(readFileSync(join(root, 'conf.ftp'), 'utf8')).toBe(conf);
    expect(readFileSync(join(root, '.virtfs/domains/a.org.json'), 'utf8')).toBe(record);
    expect(readFileSync(join(root, '.virtfs/manifests/a.org.json'), 'utf8')).toBe(manifest);
    expect(readlinkSync(join(root, alias))).toBe(domain);
    expect(stateOf(sandbox, 'trash')).toEqual([]);
  });

  sandboxTest('takes the one removed last, or the one of the time that is given', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    for (const mark of ['first', 'second']) {
      await create({ settings, domains: [domain] });
      writeFileSync(join(root, domain, 'tmp', mark), '');
      await remove({ settings, domains: [domain] });
    }
    const [second, first] = await readTrash(root);
    expect(await codeOf(restore({ settings, domain, removedAt: '2' }))).toBe('BAD_USAGE');
    expect(await codeOf(restore({ settings, domain, removedAt: '1999' }))).toBe('BAD_USAGE');
    await restore({ settings, domain, removedAt: first?.removed ?? '' });
    expect(readdirSync(join(root, domain, 'tmp'))).toEqual(['first']);
    expect(await codeOf(restore({ settings, domain }))).toBe('DOMAIN_EXISTS');
    await remove({ settings, domains: [domain] });
    await restore({ settings, domain, removedAt: second?.removed ?? '' });
    expect(readdirSync(join(root, domain, 'tmp'))).toEqual(['second']);
  });

  sandboxTest('refuses names and addresses another domain has, or leaves them out', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await makeDomain(sandbox);
    writeFileSync(join(root, 'conf.ftp'), `${address} ${root}/a.org\n`);
    await remove({ settings, domains: [domain] });
    await create({ settings, domains: ['b.org'], aliases: [alias], addresses: [address] });
    writeFileSync(join(root, 'conf.ftp'), `${address} ${root}/b.org\n`);
    const error = await errorOf(restore({ settings, domain }));
    expect(error).toMatchObject({ code: 'DOMAIN_EXISTS', why: `b.org has ${alias}; b.org has ${address}` });
    expect(error.mend).toContain('--without-names');
    expect(readdirSync(root)).not.toContain(domain);
    const result = await restore({ settings, domain, withoutNames: true });
    expect(result).toMatchObject({ aliases: [], addresses: [], leftOut: [alias, address] });
    expect(readlinkSync(join(root, alias))).toBe('b.org');
    expect(readFileSync(join(root, 'conf.ftp'), 'utf8')).toBe(`${address} ${root}/b.org\n`);
    const record = JSON.parse(readFileSync(join(root, '.virtfs/domains/a.org.json'), 'utf8'));
    expect(record).toMatchObject({ aliases: [], addresses: [] });
  });

  sandboxTest('refuses when the name is an alias by now, or the user ids are given', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    await create({ settings, domains: [domain] });
    await remove({ settings, domains: [domain] });
    await create({ settings, domains: ['b.org'], aliases: [domain] });
    expect(await codeOf(restore({ settings, domain }))).toBe('DOMAIN_EXISTS');
    await remove({ settings, domains: ['b.org'], purge: true });
    await create({ settings, domains: ['c.org'] });
    const file = join(root, '.virtfs/domains/c.org.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...record, uids: { first: 205_000, count: 10 } }));
    const error = await errorOf(restore({ settings, domain }));
    expect(error).toMatchObject({ code: 'UIDS_TAKEN', why: expect.stringContaining('c.org') });
  });
});

async function makeDomain({ settings, root }: Sandbox): Promise<readonly string[]> {
  await create({ settings, domains: [domain], aliases: [alias], addresses: [address] });
  return listTree(join(root, domain));
}

function stateOf({ root }: Sandbox, part: string): readonly string[] {
  return readdirSync(join(root, '.virtfs', part)).sort();
}
