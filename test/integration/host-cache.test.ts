import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { identityOf } from '../../src/host/host-cache.ts';
import { hashOf, listTree, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create, runCreate } from '../support/run-create.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const spoilt: readonly (readonly [string, (text: string) => string])[] = [
  ['empty', () => ''],
  ['cut short', (text) => text.slice(0, text.length / 2)],
  ['of another program', (text) => text.replace(/"key":"[0-9a-f]{8}/u, '"key":"00000000')],
];

const garbage: readonly (readonly [string, () => string])[] = [
  ['no JSON', () => '{"version":1,"fil'],
  ['null', () => 'null'],
  ['of another version', () => cacheSaying('0'.repeat(64)).replace('"version":1', '"version":99')],
  [
    'full of other things',
    () => '{"version":1,"files":[1,null,["x"],["/usr/bin/ls",null],["/usr/bin/ls",{"identity":5}]]}',
  ],
  ['a list of things with a hash that is a path', () => cacheSaying('../../../../etc/passwd')],
  ['a list of programs of no known kind', () => cacheSaying(undefined, { kind: 'x' })],
];

describe.runIf(needs('root'))('createDomains, what it remembers of the host', () => {
  sandboxTest('notices a file that changed, and keeps the older tree', async ({ sandbox, hostFolder }) => {
    const words = { ...withTool(sandbox, hostFolder), domains: ['one.org'] };
    writeFileSync(join(hostFolder, 'tool'), 'before');
    // Only what has been left alone for two seconds is remembered.
    await sleep(2100);
    await create(words);
    expect(readCache(sandbox).map(([path]) => path)).toContain(join(hostFolder, 'tool'));
    writeFileSync(join(hostFolder, 'tool'), 'after!');
    await create({ ...words, domains: ['two.org'] });
    const inTree = (domain: string) => readFileSync(join(sandbox.root, domain, hostFolder, 'tool'), 'utf8');
    expect([inTree('one.org'), inTree('two.org')]).toEqual(['before', 'after!']);
  });

  sandboxTest('keeps nothing of a file that changed just now', async ({ sandbox, hostFolder }) => {
    writeFileSync(join(hostFolder, 'tool'), 'new');
    await create({ ...withTool(sandbox, hostFolder), domains: ['one.org'] });
    const known = readCache(sandbox).map(([path]) => path);
    expect(known).toContain('/usr/bin/ls');
    expect(known).not.toContain(join(hostFolder, 'tool'));
  });

  for (const [what, text] of garbage) {
    sandboxTest(`does without a cache that is ${what}`, async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['one.org'] });
      unlinkSync(cachePath(sandbox, 'layer.'));
      writeFileSync(cachePath(sandbox), text());
      await create({ settings: sandbox.settings, domains: ['two.org'] });
      expect(hashOf(join(sandbox.root, 'two.org/usr/bin/ls'))).toBe(hashOf('/usr/bin/ls'));
    });
  }

  sandboxTest('reads a file again whose remembered hash is in no store', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['one.org'] });
    unlinkSync(cachePath(sandbox, 'layer.'));
    writeFileSync(cachePath(sandbox), cacheSaying('0'.repeat(64)));
    await create({ settings: sandbox.settings, domains: ['two.org'] });
    expect(hashOf(join(sandbox.root, 'two.org/usr/bin/ls'))).toBe(hashOf('/usr/bin/ls'));
    expect(Object.fromEntries(readCache(sandbox))['/usr/bin/ls']).toMatchObject({
      sha256: hashOf('/usr/bin/ls'),
    });
  });

  sandboxTest('fills the store again where objects are gone', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['one.org'] });
    const sha256 = hashOf('/usr/bin/ls');
    unlinkSync(join(sandbox.root, '.virtfs/store', sha256.slice(0, 2), `${sha256}.0755`));
    await create({ settings: sandbox.settings, domains: ['two.org'] });
    rmSync(join(sandbox.root, '.virtfs/store'), { recursive: true });
    await create({ settings: sandbox.settings, domains: ['three.org'] });
    for (const domain of ['two.org', 'three.org']) {
      expect(hashOf(join(sandbox.root, domain, 'usr/bin/ls'))).toBe(sha256);
    }
    expect(listTree(join(sandbox.root, 'three.org')).length).toBe(
      listTree(join(sandbox.root, 'one.org')).length,
    );
  });
});

describe.runIf(needs('root'))('createDomains, a layer it remembers', () => {
  sandboxTest('is planned anew when the profile changes', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['one.org'] });
    sandbox.putProfile('small', 'summary = "x"\ncommands = ["sh", "tail"]\n');
    await create({ settings: sandbox.settings, domains: ['two.org'] });
    expect(namesIn(sandbox, 'two.org/usr/bin')).toContain('tail');
    expect(namesIn(sandbox, 'two.org/usr/bin')).not.toContain('ls');
  });

  sandboxTest('is planned anew when the host has what it had not', async ({ sandbox, hostFolder }) => {
    sandbox.putProfile('app', `summary = "x"\noptional-files = ["${hostFolder}/sub/tool"]\n`);
    const words = { settings: sandbox.settings, profiles: ['small', 'app'] };
    await sleep(2100);
    await create({ ...words, domains: ['one.org'] });
    expect(cachePath(sandbox, 'layer.')).toContain('app');
    mkdirSync(join(hostFolder, 'sub'));
    writeFileSync(join(hostFolder, 'sub/tool'), 'x');
    await create({ ...words, domains: ['two.org'] });
    expect(namesIn(sandbox, `two.org${hostFolder}/sub`)).toEqual(['tool']);
  });

  for (const [what, spoil] of spoilt) {
    sandboxTest(`is planned anew when its file is ${what}`, async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['one.org'] });
      const path = cachePath(sandbox, 'layer.');
      writeFileSync(path, spoil(readFileSync(path, 'utf8')));
      await create({ settings: sandbox.settings, domains: ['two.org'] });
      expect(pathsOf(sandbox, 'two.org')).toEqual(pathsOf(sandbox, 'one.org'));
    });
  }

  sandboxTest('is written down again when it is gone', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['one.org'] });
    const [name = ''] = namesIn(sandbox, '.virtfs/layers');
    unlinkSync(join(sandbox.root, '.virtfs/layers', name));
    await create({ settings: sandbox.settings, domains: ['two.org'] });
    expect(namesIn(sandbox, '.virtfs/layers')).toEqual([name, name.replace('.json', '.packages.json')]);
  });
});

describe.runIf(needs('root', { program: 'strace' }))('createDomains, the second time', () => {
  sandboxTest('opens no program of the host again', async ({ sandbox }) => {
    const opened = async (domain: string) => {
      const log = join(sandbox.base, domain);
      const wrapper = ['strace', '-f', '-qq', '-o', log, '-e', 'trace=open,openat,openat2'];
      const end = await runCreate({ settings: sandbox.settings, domains: [domain] }, wrapper);
      expect(end.stderr).toBe('');
      return readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => /"\/usr\/bin\/(?:ls|cat|id|passwd)"/u.test(line));
    };
    expect((await opened('one.org')).length).toBeGreaterThanOrEqual(4);
    expect(await opened('two.org')).toEqual([]);
  });
});

/** A cache that knows `ls` as it is, and what is wrong of it. */
function cacheSaying(sha256: string | undefined, program?: object): string {
  return JSON.stringify({
    version: 1,
    files: [['/usr/bin/ls', { identity: identityOf(statSync('/usr/bin/ls')), sha256, program }]],
  });
}

function withTool(sandbox: Sandbox, hostFolder: string) {
  sandbox.putProfile('app', `summary = "x"\nfiles = ["${hostFolder}"]\n`);
  return { settings: sandbox.settings, profiles: ['small', 'app'] };
}

function cachePath({ root }: Sandbox, begin: 'host.' | 'layer.' = 'host.'): string {
  const folder = join(root, '.virtfs/cache');
  const name = readdirSync(folder).find((each) => each.startsWith(begin));
  if (name === undefined) throw new Error(`no ${begin}* in ${folder}`);
  return join(folder, name);
}

function readCache(sandbox: Sandbox): readonly [string, object][] {
  return JSON.parse(readFileSync(cachePath(sandbox), 'utf8')).files;
}

function namesIn({ root }: Sandbox, path: string): readonly string[] {
  return readdirSync(join(root, path)).sort();
}

function pathsOf({ root }: Sandbox, domain: string): readonly string[] {
  return walk(join(root, domain))
    .map(({ path }) => path)
    .sort();
}
