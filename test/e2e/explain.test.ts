import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const domain = 'xn--bcher-kva.example';

describe.runIf(needs('root'))('what virtfs tells of a domain', () => {
  let sandbox: Sandbox;
  const read = async (...words: readonly string[]) => outOf(await sandbox.virtfs(words));
  const readJson = async (...words: readonly string[]) =>
    JSON.parse(await read(...words, '--json')) as unknown;

  beforeAll(async () => {
    sandbox = mountSandbox();
    const facts = ['--address', '2001:DB8::1', '--address', '192.0.2.1', '--alias', 'www.one.example'];
    outOf(await sandbox.virtfs(['create', 'bücher.example', ...facts, '--admin', 'anna']));
    outOf(await sandbox.virtfs(['create', 'small.example', '--profile', 'minimal']));
  });
  afterAll(() => sandbox[Symbol.dispose]());

  describe('explain', () => {
    test('says of a library who needs it, by whatever path it is named', async () => {
      const program = JSON.parse(await read('explain', domain, '/usr/bin/passwd', '--json')) as Explained;
      const pam = program.needs.find((path) => path.includes('/libpam.so'));
      if (pam === undefined) throw new Error('passwd needs libpam');
      expect(program.package).toMatch(/passwd|shadow/u);
      for (const path of [`/${pam}`, pam, `${sandbox.root}/${domain}/${pam}`]) {
        const library = JSON.parse(await read('explain', domain, path, '--json')) as Explained;
        expect(library).toMatchObject({ domain, asked: path, path: pam, type: 'file', shared: true });
        expect(library.neededBy).toEqual(expect.arrayContaining(['usr/bin/passwd', program.path]));
        expect(library.why).toMatch(/^needed by /u);
      }
      const words = await read('explain', domain, `/${pam}`);
      expect(words).toMatch(/^\s+needed by +\//mu);
      expect(words).toMatch(/^\s+\/(?:usr\/)?bin\/passwd$/mu);
    });

    // biome-ignore format: a table
    test.for<[path: string, told: object]>([
      ['/bin/sh',         { type: 'symlink', leadsTo: expect.stringMatching(/^(?:usr\/)?bin\/\w+sh$/u) }],
      ['/etc/passwd',     { type: 'file', mode: '0644', uid: 0, shared: false, why: expect.stringContaining('accounts') }],
      ['/dev/null',       { type: 'device', major: 1, minor: 3, mode: '0666' }],
      ['/home/a/anna',    { type: 'dir', mode: '0750' }],
      ['/etc/hostname',   { type: 'file', size: domain.length + 1 }],
    ])('knows %s', async ([path, told]) => {
      expect(await readJson('explain', domain, path)).toMatchObject({ domain, ...told });
    });

    test('says that a path is not in the tree, and which may be meant', async () => {
      const { status, out, err } = await sandbox.virtfs(['explain', domain, '/usr/bin/pasword']);
      expect([status, out]).toEqual([66, '']);
      expect(err).toMatch(/PATH_NOT_IN_TREE[\s\S]*perhaps \/usr\/bin\/passwd is meant/u);
      const missing = await sandbox.virtfs(['explain', 'small.example', '/usr/bin/passwd', '--json']);
      expect(missing.status).toBe(66);
      expect(JSON.parse(missing.err)).toMatchObject({ code: 'PATH_NOT_IN_TREE' });
    });

    test('knows a domain by its alias, and no other', async () => {
      expect(await readJson('explain', 'www.one.example', '/etc/hosts')).toMatchObject({ domain });
      const { status, err } = await sandbox.virtfs(['explain', 'smal.example', '/etc/hosts']);
      expect([status, err]).toEqual([66, expect.stringMatching(/DOMAIN_MISSING[\s\S]*small\.example/u)]);
    });
  });

  test('show tells the facts of its record and its size', async () => {
    expect(await readJson('show', domain)).toMatchObject({
      domain,
      root: sandbox.root,
      path: `${sandbox.root}/${domain}`,
      profiles: ['login'],
      addresses: ['2001:db8::1', '192.0.2.1'],
      aliases: ['www.one.example'],
      admin: 'anna',
      uids: { first: 200_000, count: 10_000 },
      link: expect.stringMatching(/^(?:hardlink|reflink|copy)$/u),
      recorded: true,
      counts: { devices: 7, dirs: expect.any(Number), ownBytes: expect.any(Number) },
      notices: expect.any(Array),
    });
    const words = await read('show', 'BÜCHER.example');
    expect(words).toMatch(/^xn--bcher-kva\.example\n {2}written +bücher\.example\n/u);
    expect(words).toMatch(/^ {2}user ids +200000 to 209999$/mu);
    expect(await read('show', 'www.one.example')).toContain('www.one.example is an alias of');
  });

  test('list tells of every domain once, and of trees that virtfs did not make', async () => {
    mkdirSync(join(sandbox.root, 'byhand.example'));
    mkdirSync(join(sandbox.root, 'lost+found'));
    const { domains } = (await readJson('list')) as { readonly domains: readonly object[] };
    expect(domains).toEqual([
      expect.objectContaining({ domain: 'byhand.example', recorded: false, profiles: [] }),
      expect.objectContaining({ domain: 'small.example', recorded: true, profiles: ['minimal'] }),
      expect.objectContaining({ domain, recorded: true, aliases: ['www.one.example'] }),
    ]);
    const lines = (await read('list')).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toMatch(
      /^xn--bcher-kva\.example \(bücher\.example\) +2001:db8::1 192\.0\.2\.1 +login +www/u,
    );
  });

  test('profiles tells which there are, and profile what one holds here', async () => {
    const { profiles } = (await readJson('profiles')) as { readonly profiles: readonly { name: string }[] };
    expect(profiles.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ftp', 'howto', 'http', 'login', 'minimal', 'pop', 'sftp', 'smtp']),
    );
    expect(profiles.find(({ name }) => name === 'login')).toMatchObject({
      extends: ['minimal'],
      builtIn: true,
      default: true,
    });
    expect(await readJson('profile', 'minimal')).toMatchObject({
      names: ['minimal'],
      commands: expect.arrayContaining(['ls', 'sh']),
      ownBytes: expect.any(Number),
      sharedBytes: expect.any(Number),
      files: expect.arrayContaining([
        expect.objectContaining({ type: 'file', path: expect.stringMatching(/^(?:usr\/)?bin\/ls$/u) }),
      ]),
    });
    const files = (await read('profile', 'minimal', '--files')).split('\n');
    expect(files).toContainEqual(
      expect.stringMatching(/^\/(?:usr\/)?bin\/ls {2}# a command of the profile minimal$/u),
    );
    const { status, err } = await sandbox.virtfs(['profile', 'minimum']);
    expect([status, err]).toEqual([66, expect.stringContaining('did you mean minimal?')]);
  });
});

interface Explained {
  readonly path: string;
  readonly why: string;
  readonly package?: string;
  readonly needs: readonly string[];
  readonly neededBy: readonly string[];
}
