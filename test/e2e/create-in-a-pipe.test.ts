import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { needs } from '../support/needs.ts';
import { runAlone } from '../support/run-alone.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const nobody = 65_534;

const test = base.extend<{ sandbox: Sandbox }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from here
  sandbox: async ({}, use) => {
    using sandbox = mountSandbox();
    await use(sandbox);
  },
});

describe.runIf(needs('root'))('virtfs create without a terminal', () => {
  test('puts paths on standard output and the steps, each once with its count, on standard error', async ({
    sandbox,
  }) => {
    const { status, out, err } = await sandbox.virtfs(['create', 'one.example', 'two.example', '--verbose']);
    expect([status, out]).toEqual([0, `${sandbox.root}/one.example\n${sandbox.root}/two.example\n`]);
    const ends = err.split('\n').filter((line) => line.startsWith('✔ '));
    expect(ends.map((line) => line.slice(2).split(':')[0])).toEqual([
      ...['Inspect the host', 'Plan', 'Fill the store', 'Make directories', 'Link programs and libraries'],
      ...['Write accounts and PAM', 'Make devices and log', 'Lay out web folders', 'Check', 'Publish'],
    ]);
    for (const line of ends.slice(1)) expect(line).toMatch(/\d/u);
    expect(err).toContain('Made 2 domains');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(err).not.toMatch(/\u001b/u);
  });

  test('with --quiet says nothing', async ({ sandbox }) => {
    expect(await sandbox.virtfs(['create', 'one.example', '--quiet'])).toMatchObject({
      status: 0,
      out: '',
      err: '',
    });
    expect(domainsIn(sandbox)).toEqual(['one.example']);
  });

  test('with --json prints one document and nothing else', async ({ sandbox }) => {
    const words = [
      'create',
      'one.example',
      'two.example',
      '--json',
      '--profile',
      'minimal',
      '--link',
      'copy',
    ];
    const { status, out, err } = await sandbox.virtfs(words);
    expect([status, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      root: sandbox.root,
      link: 'copy',
      domains: [
        { domain: 'one.example', path: `${sandbox.root}/one.example`, record: { profiles: ['minimal'] } },
        { domain: 'two.example', path: `${sandbox.root}/two.example`, sharedBytes: 0 },
      ],
      notices: expect.any(Array),
    });
  });

  test('with --json tells what went wrong as one document on standard error', async ({ sandbox }) => {
    const { status, out, err } = await sandbox.virtfs(['create', 'a..b', '--json']);
    expect([status, out]).toEqual([65, '']);
    expect(JSON.parse(err)).toEqual({
      code: 'BAD_DOMAIN_NAME',
      what: expect.any(String),
      why: expect.any(String),
      mend: expect.any(String),
    });
  });

  test.for(['', ' --json', ' --yes'])(
    'and without a domain names the argument that is missing: create%s',
    async (option, { sandbox }) => {
      const { status, out, err } = await sandbox.virtfs(`create${option}`.split(' '));
      expect([status, out]).toEqual([64, '']);
      expect(err).toMatch(/NEEDS_TERMINAL[\s\S]*virtfs create DOMAIN/u);
      expect(existsSync(sandbox.root)).toBe(false);
    },
  );

  test.for([0, nobody])('with --dry-run changes nothing, as user %i', async (uid, { sandbox }) => {
    const { status, out, err } = await sandbox.virtfs(['create', 'one.example', '--dry-run'], { uid });
    expect(status).toBe(0);
    expect(out).toMatch(/^file +4755 0:0 usr\/bin\/passwd\b/mu);
    expect(err).toMatch(/one\.example would take \d+ entries[\s\S]*Nothing was changed\.\n$/u);
    expect(existsSync(sandbox.root)).toBe(false);
    const json = await sandbox.virtfs(['create', 'one.example', 'two.example', '--dry-run', '--json'], {
      uid,
    });
    expect(JSON.parse(outOf(json))).toMatchObject({
      dryRun: true,
      domains: [{ domain: 'one.example' }, { domain: 'two.example' }],
    });
    expect(existsSync(sandbox.root)).toBe(false);
  });

  test('makes what --dry-run said it would', async ({ sandbox }) => {
    const planned = JSON.parse(
      outOf(await sandbox.virtfs(['create', 'one.example', '--dry-run', '--json'])),
    ) as { readonly domains: readonly [{ readonly entries: readonly { readonly path: string }[] }] };
    outOf(await sandbox.virtfs(['create', 'one.example']));
    const tree = `${sandbox.root}/one.example`;
    const found = outOf(await runAlone(['find', tree, '-mindepth', '1', '-printf', '%P\\n'])).split('\n');
    expect(found.sort()).toEqual(planned.domains[0].entries.map(({ path }) => path).sort());
  });

  // biome-ignore format: a table
  test.for<[name: string, made: string]>([
    ['UPPER.Example',          'upper.example'],
    ['bücher.example',         'xn--bcher-kva.example'],
    ['BÜCHER.example',         'xn--bcher-kva.example'],
    ['xn--bcher-kva.example',  'xn--bcher-kva.example'],
    ['1and1.example',          '1and1.example'],
  ])('makes of %s the domain %s', async ([name, made], { sandbox }) => {
    outOf(await sandbox.virtfs(['create', name, '--profile', 'minimal']));
    expect(domainsIn(sandbox)).toEqual([made]);
    expect((await sandbox.virtfs(['create', made, '--profile', 'minimal'])).status).toBe(73);
  });

  // biome-ignore format: a table
  const refused: readonly (readonly [words: readonly string[], status: number, says: RegExp])[] = [
    [['..'],                                        65, /BAD_DOMAIN_NAME/u],
    [['.'],                                         65, /BAD_DOMAIN_NAME/u],
    [['/'],                                         65, /BAD_DOMAIN_NAME/u],
    [['../etc'],                                    65, /BAD_DOMAIN_NAME/u],
    [['a/b.example'],                               65, /BAD_DOMAIN_NAME/u],
    [[''],                                          65, /empty.*BAD_DOMAIN_NAME/u],
    [['a..example'],                                65, /label is empty.*BAD_DOMAIN_NAME/u],
    [['.virtfs'],                                   65, /BAD_DOMAIN_NAME/u],
    [['one.example.'],                              65, /BAD_DOMAIN_NAME/u],
    [[`${'a'.repeat(64)}.example`],                 65, /63 characters.*BAD_DOMAIN_NAME/u],
    [[`${'a.'.repeat(126)}example`],                65, /BAD_DOMAIN_NAME/u],
    [['one\n.example'],                             65, /one\\x0a\.example.*BAD_DOMAIN_NAME/u],
    [['one\u001b[31m.example'],                     65, /\\x1b.*BAD_DOMAIN_NAME/u],
    [['one.example', '..'],                         65, /'\.\.'.*BAD_DOMAIN_NAME/u],
    [['192.0.2.1'],                                 65, /BAD_DOMAIN_NAME/u],
    [['--domian', 'one.example'],                   64, /BAD_USAGE/u],
    [['one.example', '--profile', 'logn'],          66, /UNKNOWN_PROFILE[\s\S]*did you mean login\?/u],
    [['one.example', '--address', '192.0.2.300'],   65, /BAD_ADDRESS/u],
    [['one.example', '--admin', 'root'],            65, /BAD_USER_NAME/u],
    [['one.example', '--alias', 'one.example'],     64, /BAD_USAGE/u],
    [['one.example', 'two.example', '--address', '192.0.2.9'], 64, /BAD_USAGE/u],
    [['one.example', '--link', 'symlink'],          64, /reflink, hardlink, copy/u],
    [['one.example', '--root', 'relative'],         64, /BAD_USAGE/u],
    [['one.example', '--quiet', '--verbose'],       64, /contradict/u],
  ];
  test.for(refused)('refuses %j with %i', async ([words, status, says], { sandbox }) => {
    const ended = await sandbox.virtfs(['create', ...words]);
    expect([ended.status, ended.out]).toEqual([status, '']);
    expect(ended.err).toMatch(says);
    expect(ended.err).not.toContain('this is a bug');
    expect(domainsIn(sandbox)).toEqual([]);
  });

  test('refuses what another domain has', async ({ sandbox }) => {
    const first = ['one.example', '--address', '192.0.2.7', '--alias', 'www.one.example'];
    outOf(await sandbox.virtfs(['create', ...first, '--profile', 'minimal']));
    // biome-ignore format: a table
    const wanted: readonly (readonly [words: readonly string[], says: RegExp])[] = [
      [['one.example'],                                    /exists already.*DOMAIN_EXISTS/u],
      [['ONE.example'],                                    /exists already.*DOMAIN_EXISTS/u],
      [['www.one.example'],                                /alias of one\.example.*DOMAIN_EXISTS/u],
      [['two.example', '--alias', 'www.one.example'],      /DOMAIN_EXISTS/u],
      [['two.example', 'one.example'],                     /DOMAIN_EXISTS/u],
      [['two.example', '--address', '192.0.2.7'],          /one\.example has it.*ADDRESS_TAKEN/u],
    ];
    for (const [words, says] of wanted) {
      const ended = await sandbox.virtfs(['create', ...words, '--profile', 'minimal']);
      expect([words, ended.status, ended.out]).toEqual([words, 73, '']);
      expect(ended.err).toMatch(says);
    }
    expect(domainsIn(sandbox)).toEqual(['one.example', 'www.one.example']);
  });

  test('refuses to work for anyone but root', async ({ sandbox }) => {
    const { status, out, err } = await sandbox.virtfs(['create', 'one.example'], { uid: nobody });
    expect([status, out]).toEqual([77, '']);
    expect(err).toMatch(/NEEDS_ROOT[\s\S]*sudo virtfs/u);
    expect(existsSync(sandbox.root)).toBe(false);
  });

  test('refuses a root that others may write', async ({ sandbox }) => {
    const open = join(sandbox.root, '../open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const { status, err } = await sandbox.virtfs(['create', 'one.example', '--root', join(open, 'virtual')]);
    expect([status, err]).toEqual([77, expect.stringContaining('[ROOT_UNSAFE]')]);
    expect(readdirSync(open)).toEqual([]);
  });
});

describe.runIf(needs('root'))('virtfs into a pipe', () => {
  test('is quiet when nobody reads on', async ({ sandbox }) => {
    outOf(await sandbox.virtfs(['create', 'one.example', 'two.example', '--profile', 'minimal']));
    const pipe = (words: string, reader: string) =>
      runAlone(
        [
          'bash',
          '-c',
          `"$0" ${words} | ${reader}; echo "ended with $PIPESTATUS" >&2`,
          sandbox.installed.virtfs,
        ],
        {
          env: sandbox.env,
        },
      );
    const list = await pipe('list', 'head -1');
    expect(list.out).toMatch(/^DOMAIN .*\n$/u);
    // What fits into a pipe may be written before the reader goes.
    expect(list.err).toMatch(/^ended with (?:0|141)\n$/u);
    const plan = await pipe('create a.example b.example c.example --dry-run --json', 'head -c 1');
    expect([plan.out, plan.err]).toEqual(['{', 'ended with 141\n']);
  });
});

function domainsIn({ root }: Sandbox): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => name !== '.virtfs')
    .sort();
}
