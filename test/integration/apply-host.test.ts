import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { Interrupted } from '../../src/errors/interrupted.ts';
import { changeRecord } from '../../src/pipeline/change-record.ts';
import { removeUser } from '../../src/pipeline/remove-user.ts';
import { hash1, hash2 } from '../support/declared.ts';
import { fingerprint, listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { applied, apply } from '../support/run-apply.ts';
import { create } from '../support/run-create.ts';
import { codeOf, errorOf } from '../support/thrown-async.ts';
import { sandboxTest as test } from '../support/trees-root.ts';

const two = `
[domains."one.org"]
addresses = ["192.0.2.1"]
aliases = ["www.one.org"]
groups = ["devs"]
[domains."one.org".users.anna]
uid = 200010
full-name = "Anna Ä"
shell = "/bin/sh"
groups = ["www", "devs", "bob"]
password-hash = "${hash1}"
[domains."one.org".users.bob]
password-hash = "!${hash2}"
[domains."one.org".users.admin]
shell = "/bin/false"
[domains."two.org"]
addresses = ["192.0.2.2"]
aliases = ["www.two.org"]
`;

const exchanged = `
[domains."one.org"]
addresses = ["192.0.2.2"]
aliases = ["www.two.org"]
[domains."two.org"]
addresses = ["192.0.2.1"]
aliases = ["www.one.org"]
`;

describe.runIf(needs('root'))('applyHost', () => {
  test('brings about what is declared, and then finds nothing to do', async ({ sandbox }) => {
    const { root, settings } = sandbox;
    const { refusals, problems } = await apply({ settings, toml: two });
    expect([refusals, problems]).toEqual([[], []]);
    const tree = join(root, 'one.org');
    expect(linesOf(tree, 'passwd')).toEqual([
      'webmaster:x:200000:200000:Webmaster:/var/www:/bin/sh',
      'admin:x:200001:200001:Administrator:/home/a/admin:/bin/false',
      'anna:x:200010:200010:Anna Ä:/home/a/anna:/bin/sh',
      'bob:x:200012:200012::/home/b/bob:/bin/false',
    ]);
    expect(linesOf(tree, 'group')).toEqual(
      [
        'www:x:200000:admin,anna',
        'admin:x:200001:',
        'devs:x:200011:anna',
        'anna:x:200010:',
        'bob:x:200012:anna',
      ].sort(byId),
    );
    expect(readFileSync(join(tree, 'etc/shadow'), 'utf8')).toMatch(
      new RegExp(`anna:${escaped(hash1)}:\\d.*\nbob:!${escaped(hash2)}:\\d`, 'u'),
    );
    expect(readFileSync(join(tree, 'etc/hosts'), 'utf8')).toContain('192.0.2.1 one.org www.one.org');
    expect(existsSync(join(tree, 'home/b/bob/Maildir/new'))).toBe(true);
    const before = everything(root);
    expect(await applied({ settings, toml: two })).toEqual([]);
    expect(await applied({ settings, toml: two, prune: true })).toEqual([]);
    expect(everything(root)).toEqual(before);
  });

  test('changes nothing in a dry run', async ({ sandbox: { root, settings } }) => {
    expect(await applied({ settings, toml: two, dryRun: true })).toHaveLength(7);
    expect(existsSync(root)).toBe(false);
    await apply({ settings, toml: two });
    const before = everything(root);
    expect(await applied({ settings, toml: exchanged, dryRun: true, prune: true })).toHaveLength(5);
    expect(everything(root)).toEqual(before);
  });

  test('lets domains exchange addresses and aliases, and each keeps its services', async ({ sandbox }) => {
    const { root, settings } = sandbox;
    await apply({ settings, toml: two });
    const start = `# mine\n192.0.2.1 ${root}/one.org\n192.0.2.2 ${root}/www.two.org # two\n`;
    writeFileSync(join(root, 'conf.ftp'), start);
    writeFileSync(join(root, 'conf.pop'), `192.0.2.2 ${root}/two.org\n`);
    expect(await applied({ settings, toml: exchanged })).toHaveLength(2);
    expect(readFileSync(join(root, 'conf.ftp'), 'utf8')).toBe(
      `# mine\n192.0.2.2 ${root}/one.org\n192.0.2.1 ${root}/two.org\n`,
    );
    expect(readFileSync(join(root, 'conf.pop'), 'utf8')).toBe(`192.0.2.1 ${root}/two.org\n`);
    expect(readlinkSync(join(root, 'www.one.org'))).toBe('two.org');
    expect(readlinkSync(join(root, 'www.two.org'))).toBe('one.org');
    expect(readFileSync(join(root, 'one.org/etc/hosts'), 'utf8')).toContain('192.0.2.2 one.org www.two.org');
    expect(await applied({ settings, toml: exchanged })).toEqual([]);
    expect(await applied({ settings, toml: two })).toHaveLength(2);
    expect(readlinkSync(join(root, 'www.one.org'))).toBe('one.org');
  });

  test('makes a domain of an alias and an alias of a domain', async ({ sandbox: { root, settings } }) => {
    await apply({ settings, toml: two });
    const toml = '[domains."www.one.org"]\naliases = ["one.org"]\n[domains."two.org"]\naliases = []\n';
    expect(await applied({ settings, toml, prune: true })).toEqual([
      '- one.org',
      '~ two.org  aliases -www.two.org',
      '+ www.one.org  profiles small  aliases one.org',
    ]);
    expect(namesIn(root)).toEqual(['one.org', 'two.org', 'www.one.org']);
    expect(readlinkSync(join(root, 'one.org'))).toBe('www.one.org');
    expect(await applied({ settings, toml, prune: true })).toEqual([]);
  });

  test('prunes domains to the trash and users without their homes, never those every tree has', async ({
    sandbox,
  }) => {
    const { root, settings } = sandbox;
    await apply({ settings, toml: two });
    const { changes } = await apply({ settings, toml: '[domains."one.org"]\n', prune: true });
    expect(changes.map(({ type }) => type)).toEqual([
      'remove domain',
      'remove user',
      'remove user',
      'remove group',
    ]);
    expect(namesIn(root)).toEqual(['one.org', 'www.one.org']);
    expect(linesOf(join(root, 'one.org'), 'passwd').map((line) => line.split(':')[0])).toEqual([
      'webmaster',
      'admin',
    ]);
    expect(existsSync(join(root, 'one.org/home/b/bob'))).toBe(true);
    expect(readdirSync(join(root, '.virtfs/trash'))).toHaveLength(1);
    expect(await applied({ settings, toml: '[domains."one.org"]\n', prune: true })).toEqual([]);
    const again = await apply({ settings, toml: two, dryRun: true });
    expect(again.notices.join()).toMatch(/two\.org is made anew.*virtfs restore two\.org/u);
  });

  test('changes nothing at all where anything would fail, and says all of it', async ({ sandbox }) => {
    const { root, settings } = sandbox;
    await apply({ settings, toml: two });
    mkdirSync(join(root, 'hand.org'));
    symlinkSync('nowhere', join(root, 'dangling.org'));
    mkdirSync(join(root, 'two.org/mnt'));
    execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', join(root, 'two.org/mnt')]);
    const before = listTree(root);
    const { code, why } = await errorOf(
      apply({
        settings,
        prune: true,
        toml: `
          [domains."one.org"]
          aliases = ["dangling.org"]
          profiles = ["smal"]
          [domains."one.org".users.eve]
          groups = ["dews"]
          [domains."hand.org"]
          admin = "mail2"
          [domains."new.org"]
          [domains."new.org".users.eve]
          uid = 200010
          [domains."other.org"]
          profiles = ["nonsense"]
        `,
      }),
    );
    expect(code).toBe('BAD_CONFIG');
    for (const part of [
      /dangling\.org has its name taken by a link that leads to no domain/u,
      /one\.org: there is no profile 'smal'.*did you mean small/u,
      /eve of one\.org cannot join the group dews, for there is none: perhaps devs is meant/u,
      /hand\.org has its name taken by a tree that virtfs did not make/u,
      /the user id 200010 of eve is none of new\.org, whose ids are 2[34]0000 to/u,
      /other\.org: there is no profile 'nonsense'/u,
      /two\.org cannot be removed while something is mounted in it/u,
    ])
      expect(why).toMatch(part);
    expect(listTree(root)).toEqual(before);
  });

  test('lets no domain keep the others from what is declared', async ({ sandbox }) => {
    const { root, settings } = sandbox;
    await apply({ settings, toml: two });
    for (const meddle of meddlings) {
      const etc = join(root, 'one.org/etc');
      renameSync(join(etc, 'passwd'), join(etc, 'kept'));
      meddle(join(etc, 'passwd'));
      const toml = '[domains."one.org".users.eve]\n[domains."two.org".users.eve]\n';
      const { refusals, changes } = await apply({ settings, toml });
      expect(refusals.join()).toMatch(/^the users of one\.org cannot be read/u);
      expect(changes.map(({ domain }) => domain)).toEqual(['two.org']);
      expect(linesOf(join(root, 'two.org'), 'passwd').at(-1)).toMatch(/^eve:/u);
      const request = { root, domain: parseDomainName('two.org'), name: 'eve', home: true, force: false };
      await removeUser({ ...request, signal: new AbortController().signal, onWait: () => {} });
      execFileSync('rm', ['-rf', join(etc, 'passwd')]);
      renameSync(join(etc, 'kept'), join(etc, 'passwd'));
    }
  });

  test('lets a tree follow whose names were changed by a call that was stopped', async ({ sandbox }) => {
    const { root, settings } = sandbox;
    await apply({ settings, toml: two });
    await changeRecord({
      settings,
      root,
      domain: parseDomainName('two.org'),
      change: (record) => ({ ...record, aliases: [parseDomainName('w2.org')] }),
      signal: new AbortController().signal,
      onWait: () => {},
    });
    const toml = '[domains."two.org"]\naliases = ["w2.org"]\n';
    expect(await applied({ settings, toml })).toEqual(['~ two.org  the tree follows its record']);
    expect(readFileSync(join(root, 'two.org/etc/hosts'), 'utf8')).toContain('w2.org');
    expect(await applied({ settings, toml })).toEqual([]);
    unlinkSync(join(root, 'w2.org'));
    expect(await applied({ settings, toml })).toEqual(['~ two.org  aliases +w2.org']);
    expect(await applied({ settings, toml })).toEqual([]);
  });

  test('leaves the tree of a held domain as it is, says so, and finds nothing to do then', async ({
    sandbox,
  }) => {
    const { root, settings } = sandbox;
    await apply({ settings, toml: two });
    const file = join(root, '.virtfs/manifests/two.org.json');
    const { own, ...head } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...head, held: true, own }));
    const before = readFileSync(join(root, 'two.org/etc/hosts'), 'utf8');
    const toml = '[domains."two.org"]\naliases = []\n';
    expect((await apply({ settings, toml })).notices.join()).toMatch(/two\.org is held/u);
    expect(readFileSync(join(root, 'two.org/etc/hosts'), 'utf8')).toBe(before);
    expect(await applied({ settings, toml })).toEqual([]);
  });

  test('stops between two changes when it is interrupted, says how many are made, and goes on next time', async ({
    sandbox,
  }) => {
    const { root, settings } = sandbox;
    const stop = new AbortController();
    const told: number[] = [];
    const watch = setInterval(() => {
      if (existsSync(join(root, 'one.org'))) stop.abort(new Interrupted('SIGINT'));
    }, 1);
    const work = apply(
      { settings, toml: two },
      { signal: stop.signal, onStopped: (made, of) => told.push(made, of) },
    );
    await expect(work).rejects.toThrow('stopped by SIGINT');
    clearInterval(watch);
    expect(told[1]).toBe(7);
    expect(told[0]).toBeLessThan(7);
    expect(readdirSync(join(root, '.virtfs/stage'))).toEqual([]);
    await apply({ settings, toml: two });
    expect(await applied({ settings, toml: two })).toEqual([]);
  });

  test('takes domains of another root into account', async ({ sandbox: { disk, settings } }) => {
    const other = join(disk, 'other');
    await create({
      settings: { ...settings, root: other, roots: [other] },
      domains: ['far.org'],
      addresses: ['192.0.2.9'],
    });
    const both = { ...settings, roots: [settings.root, other] };
    expect(
      await codeOf(apply({ settings: both, toml: '[domains."one.org"]\naddresses = ["192.0.2.9"]\n' })),
    ).toBe('BAD_CONFIG');
    const toml =
      '[domains."one.org"]\naddresses = ["192.0.2.9"]\n[domains."far.org"]\naddresses = []\n[domains."far.org".users.bob]\n';
    await apply({ settings: both, toml });
    expect(linesOf(join(other, 'far.org'), 'passwd').at(-1)).toMatch(/^bob:/u);
    expect(await applied({ settings: both, toml, prune: true })).toEqual([]);
  });
});

const meddlings: readonly ((path: string) => void)[] = [
  () => {},
  (path) => mkdirSync(path),
  (path) => symlinkSync('/etc/passwd', path),
  (path) => void execFileSync('mkfifo', [path]),
  (path) => {
    writeFileSync(path, '');
    execFileSync('truncate', ['--size=9M', path]);
  },
];

function namesIn(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => name !== '.virtfs')
    .sort();
}

/** Lines of the domain's own people and groups. */
function linesOf(tree: string, file: 'passwd' | 'group'): readonly string[] {
  const lines = readFileSync(join(tree, 'etc', file), 'utf8').split('\n');
  const own = lines.filter((line) => /^[^:]+:x:2\d{5}:/u.test(line));
  return file === 'group' ? own.sort(byId) : own;
}

function byId(a: string, b: string): number {
  return Number(a.split(':')[2]) - Number(b.split(':')[2]);
}

/** Every file with its times, but for the state that only says who works. */
function everything(root: string): readonly string[] {
  return [
    ...listTree(root),
    ...['.virtfs/domains', '.virtfs/manifests'].flatMap((part) =>
      readdirSync(join(root, part)).map((name) => fingerprint(join(root, part, name))),
    ),
  ];
}

function escaped(text: string): string {
  return text.replaceAll(/[$.]/gu, '\\$&');
}
