import { chownSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { needs } from '../support/needs.ts';
import { type CreateWords, create, runCreate } from '../support/run-create.ts';
import { sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('createDomains refuses', () => {
  sandboxTest('a domain that exists', async ({ sandbox: { settings } }) => {
    await create({ settings, domains: ['one.org'] });
    expect(await refusal({ settings, domains: ['one.org'] })).toMatchObject({ code: 'DOMAIN_EXISTS' });
    expect(await refusal({ settings, domains: ['two.org', 'one.org'] })).toMatchObject({
      code: 'DOMAIN_EXISTS',
    });
    expect(domainsIn(settings.root)).toEqual(['one.org']);
  });

  sandboxTest(
    'a name that is an alias of another domain, and says whose',
    async ({ sandbox: { settings } }) => {
      await create({ settings, domains: ['one.org'], aliases: ['www.one.org'] });
      const error = await refusal({ settings, domains: ['www.one.org'] });
      expect(error).toMatchObject({
        code: 'DOMAIN_EXISTS',
        why: expect.stringContaining('an alias of one.org'),
      });
      expect(await refusal({ settings, domains: ['two.org'], aliases: ['one.org'] })).toMatchObject({
        code: 'DOMAIN_EXISTS',
      });
      expect(await refusal({ settings, domains: ['two.org'], aliases: ['www.one.org'] })).toMatchObject({
        code: 'DOMAIN_EXISTS',
      });
      expect(domainsIn(settings.root)).toEqual(['one.org', 'www.one.org']);
    },
  );

  sandboxTest('an address another domain has, however it is spelled', async ({ sandbox: { settings } }) => {
    await create({ settings, domains: ['one.org'], addresses: ['2001:db8::1'] });
    const error = await refusal({ settings, domains: ['two.org'], addresses: ['2001:DB8:0:0::1'] });
    expect(error).toMatchObject({ code: 'ADDRESS_TAKEN', why: 'one.org has it' });
  });

  sandboxTest('a domain or alias named twice in one call', async ({ sandbox: { settings } }) => {
    expect(await refusal({ settings, domains: ['one.org', 'one.org'] })).toMatchObject({ code: 'BAD_USAGE' });
    expect(await refusal({ settings, domains: ['one.org'], aliases: ['one.org'] })).toMatchObject({
      code: 'BAD_USAGE',
    });
    expect(domainsIn(settings.root)).toEqual([]);
  });

  sandboxTest('a name some file has in the root of trees, and keeps no record of it', async ({ sandbox }) => {
    const { settings, root } = sandbox;
    mkdirSync(root, { mode: 0o711 });
    writeFileSync(join(root, 'one.org'), '');
    symlinkSync('nowhere', join(root, 'www.two.org'));
    expect(await refusal({ settings, domains: ['one.org'] })).toMatchObject({
      code: 'DOMAIN_EXISTS',
      why: expect.stringContaining('no domain'),
    });
    const asAlias = { settings, domains: ['two.org'], aliases: ['www.two.org'] };
    expect(await refusal(asAlias)).toMatchObject({ code: 'DOMAIN_EXISTS' });
    expect(readdirSync(join(root, '.virtfs/domains'))).toEqual([]);
    expect(domainsIn(root)).toEqual(['one.org', 'www.two.org']);
  });

  sandboxTest(
    'a name too long to keep a record of, and takes the longest that is not',
    async ({ sandbox }) => {
      const { settings } = sandbox;
      const long = `${`${'a'.repeat(49)}.`.repeat(5)}org`;
      expect(await refusal({ settings, domains: [long.slice(2)] })).toMatchObject({
        code: 'BAD_DOMAIN_NAME',
      });
      await create({ settings, domains: [long.slice(3)] });
      expect(domainsIn(settings.root)).toEqual([long.slice(3)]);
    },
  );

  sandboxTest('a way to share that the disk has not', async ({ sandbox: { settings } }) => {
    expect(await refusal({ settings, domains: ['one.org'], link: 'reflink' })).toMatchObject({
      code: 'LINK_METHOD_IMPOSSIBLE',
    });
    expect(readdirSync(join(settings.root, '.virtfs/stage'))).toEqual([]);
  });

  sandboxTest('an unknown profile, with the nearest name', async ({ sandbox: { settings } }) => {
    const error = await refusal({ settings, domains: ['one.org'], profiles: ['smal'] });
    expect(error).toMatchObject({ code: 'UNKNOWN_PROFILE', mend: expect.stringContaining('small') });
  });

  sandboxTest('commands the host lacks, all named at once', async ({ sandbox }) => {
    const { settings } = sandbox;
    sandbox.putProfile('wide', 'summary = "x"\ncommands = ["sh", "no-such-1", "no-such-2"]\n');
    const error = await refusal({ settings, domains: ['one.org'], profiles: ['wide'] });
    expect(error).toMatchObject({ code: 'COMMAND_MISSING', why: 'this host has no no-such-1, no-such-2' });
    expect(domainsIn(settings.root)).toEqual([]);
    expect(readdirSync(join(settings.root, '.virtfs/stage'))).toEqual([]);
  });

  sandboxTest('a root of trees others may write', async ({ sandbox: { settings, root } }) => {
    mkdirSync(root);
    chownSync(root, 65_534, 65_534);
    expect(await refusal({ settings, domains: ['one.org'] })).toMatchObject({ code: 'ROOT_UNSAFE' });
    expect(readdirSync(root)).toEqual([]);
  });

  sandboxTest('to work for anyone but root', async ({ sandbox: { settings, root } }) => {
    const end = await runCreate({ settings, domains: ['one.org'], uid: 65_534 });
    expect(end).toMatchObject({ status: 77, code: 'NEEDS_ROOT' });
    expect(existsSync(root)).toBe(false);
  });
});

async function refusal(words: CreateWords): Promise<VirtfsError> {
  try {
    await create(words);
  } catch (error) {
    if (error instanceof VirtfsError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

function domainsIn(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => name !== '.virtfs')
    .sort();
}
