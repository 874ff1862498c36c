import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { examineMachine } from '../../src/pipeline/doctor/examine-machine.ts';
import { confLine, confOf, ip1, ip2, makeOne, putConf, recordFile } from '../support/change-one.ts';
import { fakeIo } from '../support/fake-io.ts';
import { fewOf, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { needs } from '../support/needs.ts';
import { applied, apply } from '../support/run-apply.ts';
import { create } from '../support/run-create.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest as test } from '../support/trees-root.ts';

const toml = `
[service.ftp]
program = ["/bin/cat"]
[service.mail]
program = ["sendmail", "-bs"]
conf = "conf.post"
[service.https]
program = ["/bin/ls"]
sni = true
`;

describe.runIf(needs('root'))('virtfs service', () => {
  test('gives a domain lines for all its addresses, and takes them away again', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1, ip2] });
    const before = readFileSync(recordFile(sandbox), 'utf8');
    putConf(sandbox, 'conf.pop', '# caf\xe9\n192.0.2.9 /elsewhere');
    const enabled = await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', 'pop');
    expect(enabled).toMatchObject({ status: 0, out: [] });
    // Where a line ends depends on how long the name of the sandbox is.
    expect(enabled.err.join(' ').replace(/\s+/gu, ' ')).toMatch(
      /^one\.org has the service ftp: 192\.0\.2\.1 192\.0\.2\.2\. one\.org has the service pop: 192\.0\.2\.1 192\.0\.2\.2\. note: \S+\/virtuald\.toml has no service ftp, pop: virtfs service setup ftp pop - or /u,
    );
    const lines = confLine(sandbox, ip1) + confLine(sandbox, ip2);
    expect(confOf(sandbox, 'conf.ftp')).toBe(lines);
    expect(confOf(sandbox, 'conf.pop')).toBe(`# caf\xe9\n192.0.2.9 /elsewhere\n${lines}`);
    const { mode, uid } = lstatSync(join(sandbox.root, 'conf.ftp'));
    expect([mode & 0o7777, uid]).toEqual([0o644, 0]);
    expect(lstatSync(join(sandbox.root, 'conf.pop')).mode & 0o7777).toBe(0o640);
    const again = await json(sandbox, 'service', 'enable', 'one.org', 'ftp');
    expect(again).toMatchObject({ isChanged: false, services: [{ file: 'conf.ftp', added: [] }] });
    await virtfs(sandbox, 'service', 'disable', 'one.org', 'ftp', 'pop');
    expect(confOf(sandbox, 'conf.ftp')).toBe('');
    expect(confOf(sandbox, 'conf.pop')).toBe('# caf\xe9\n192.0.2.9 /elsewhere\n');
    expect(readFileSync(recordFile(sandbox), 'utf8')).toBe(before);
    expect((await virtfs(sandbox, 'service', 'disable', 'one.org', 'nix')).err).toEqual([
      'one.org has no service nix.',
    ]);
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', 'conf.ftp', 'conf.pop', 'one.org']);
  });

  test('writes nothing in a dry run', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const { err } = await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', '--dry-run');
    expect(err[0]).toBe('one.org would get the service ftp: 192.0.2.1.');
    putConf(sandbox, 'conf.ftp', confLine(sandbox, ip1));
    await virtfs(sandbox, 'service', 'disable', 'one.org', 'ftp', '-n');
    expect(confOf(sandbox, 'conf.ftp')).toBe(confLine(sandbox, ip1));
  });

  test('keeps lines in step with addresses and names, and they go and come with the domain', async ({
    sandbox,
  }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    setUp(sandbox);
    await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', 'mail');
    await virtfs(sandbox, 'address', 'add', 'one.org', ip2);
    const both = (name: string) => confLine(sandbox, ip1, name) + confLine(sandbox, ip2, name);
    expect([confOf(sandbox, 'conf.ftp'), confOf(sandbox, 'conf.post')]).toEqual([
      both('one.org'),
      both('one.org'),
    ]);
    await virtfs(sandbox, 'rename', 'one.org', 'new.org');
    expect(confOf(sandbox, 'conf.post')).toBe(both('new.org'));
    await virtfs(sandbox, 'address', 'remove', 'new.org', ip1);
    expect(confOf(sandbox, 'conf.ftp')).toBe(confLine(sandbox, ip2, 'new.org'));
    await virtfs(sandbox, 'service', 'enable', 'new.org', 'mail', '--default');
    await virtfs(sandbox, 'remove', 'new.org', '--yes');
    expect([confOf(sandbox, 'conf.ftp'), confOf(sandbox, 'conf.post')]).toEqual(['', '']);
    await virtfs(sandbox, 'restore', 'new.org');
    expect(confOf(sandbox, 'conf.post')).toBe(
      confLine(sandbox, ip2, 'new.org') + confLine(sandbox, 'default', 'new.org'),
    );
  });

  test('needs an address, default, or a service that goes by names', async ({ sandbox }) => {
    await makeOne(sandbox);
    setUp(sandbox);
    const refused = await virtfs(sandbox, 'service', 'enable', 'one.org', 'https', 'ftp');
    expect(refused.status).toBe(66);
    expect(refused.err.join('\n')).toMatch(/ADDRESS_MISSING[\s\S]*virtfs address add one\.org IP/u);
    expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', 'one.org']);
    await virtfs(sandbox, 'service', 'enable', 'one.org', 'https');
    expect(confOf(sandbox, 'conf.https')).toBe(confLine(sandbox, 'sni'));
    await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', '--default');
    expect(confOf(sandbox, 'conf.ftp')).toBe(confLine(sandbox, 'default'));
    await virtfs(sandbox, 'remove', 'one.org', '--yes');
    await virtfs(sandbox, 'restore', 'one.org');
    expect(confOf(sandbox, 'conf.https')).toBe(confLine(sandbox, 'sni'));
  });

  test('leaves alone what is not its own', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    putConf(sandbox, 'conf.pop', `${ip1} /elsewhere\n`);
    const taken = await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', 'pop');
    expect(taken).toMatchObject({ status: 73 });
    expect(taken.err.join('\n')).toMatch(/conf\.pop gives it to \/elsewhere/u);
    mkdirSync(join(sandbox.root, 'conf.org'));
    symlinkSync('conf.pop', join(sandbox.root, 'conf.link'));
    putConf(sandbox, 'conf.open', '');
    chmodSync(join(sandbox.root, 'conf.open'), 0o666);
    for (const service of ['org', 'link', 'open']) {
      const { status, err } = await virtfs(sandbox, 'service', 'enable', 'one.org', service);
      expect([status, err.join('\n')]).toEqual([73, expect.stringContaining('PATH_TAKEN')]);
    }
    writeFileSync(join(sandbox.settings.configDir, 'virtuald.toml'), '[service.x]\nconf = "/etc/x"\n');
    expect((await virtfs(sandbox, 'service', 'enable', 'one.org', 'x')).err.join('\n')).toMatch(
      /BAD_CONFIG/u,
    );
    expect(confOf(sandbox, 'conf.pop')).toBe(`${ip1} /elsewhere\n`);
    expect((await virtfs(sandbox, 'service', 'enable', 'one.org', '../x')).status).toBe(64);
    expect(readdirSync(sandbox.root)).not.toContain('conf.ftp');
  });

  test('lists services with their programs, and says which trees lack theirs', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    await create({ settings: sandbox.settings, domains: ['two.org'], addresses: [ip2] });
    setUp(sandbox);
    await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', 'mail', 'odd');
    putConf(sandbox, 'conf.https', confLine(sandbox, ip1) + confLine(sandbox, ip1, 'two.org'));
    const { out, err } = await virtfs(sandbox, 'service', 'list');
    expect(out.map((line) => line.split(/ {2,}/u))).toEqual([
      ['DOMAIN', 'SERVICE', 'ADDRESSES', 'PROGRAM'],
      ['one.org', 'ftp', '192.0.2.1', '/bin/cat'],
      ['one.org', 'https', '192.0.2.1', '/bin/ls'],
      ['one.org', 'odd', '192.0.2.1', '-'],
      ['one.org', 'mail', '192.0.2.1', 'sendmail (not in the tree)'],
      ['two.org', 'https', 'sni', '/bin/ls'],
    ]);
    expect(err.join(' ').replace(/\s+/gu, ' ')).toMatch(
      /has no service odd: .*one\.org has the service mail and no sendmail/u,
    );
    expect(await json(sandbox, 'service', 'list', 'one.org', 'mail')).toMatchObject({
      services: [
        { domain: 'one.org', service: 'mail', file: 'conf.post', isConfigured: true, isInTree: false },
      ],
    });
    // The further line of an address names a tree, and gives it no address.
    const { addresses } = (await json(sandbox, 'address', 'list')) as {
      addresses: readonly { domain: string }[];
    };
    expect(addresses).toMatchObject([
      { domain: 'one.org', address: ip1, services: ['ftp', 'https', 'odd', 'post'] },
      { domain: 'two.org', address: ip2, services: [] },
    ]);
  });

  test('is seen by doctor', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    // Whether one runs on this machine without a file is none of this test's.
    expect((await ofVirtuald(sandbox))[0]).toBe('ok not configured, and no domain has a service');
    setUp(sandbox, 'status-socket = "/nonexistent/socket"\n');
    await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', 'mail');
    putConf(sandbox, 'conf.odd', `nonsense\n${ip1} /nonexistent/tree\nsni ${sandbox.root}/one.org\n`);
    const found = await ofVirtuald(sandbox);
    expect(found).toEqual([
      expect.stringMatching(/^ok \S+\/virtuald\.toml: ftp, mail, https$/u),
      'note it does not run',
      expect.stringMatching(/^problem \S+\/conf\.odd, line 1: 'nonsense' has no directory behind it$/u),
      expect.stringMatching(/^problem \S+\/conf\.odd names \/nonexistent\/tree, and there is no such tree$/u),
      expect.stringMatching(/^note \S+\/conf\.odd, line 3: a line of sni does nothing/u),
      'problem one.org has the service mail, and its tree has no sendmail',
    ]);
    writeFileSync(join(sandbox.settings.configDir, 'virtuald.toml'), 'x = [');
    expect((await ofVirtuald(sandbox))[0]).toMatch(/^problem cannot read/u);
  });

  test('is what a declaration says, and what dump writes', async ({ sandbox }) => {
    const { settings } = sandbox;
    setUp(sandbox);
    const text = (services: string) =>
      `[domains."one.org"]\naddresses = ["${ip1}"]\nservices = ${services}\n`;
    expect((await apply({ settings, toml: text('["ftp", "mail"]') })).problems).toEqual([]);
    expect([confOf(sandbox, 'conf.ftp'), confOf(sandbox, 'conf.post')]).toEqual([
      confLine(sandbox, ip1),
      confLine(sandbox, ip1),
    ]);
    expect(await applied({ settings, toml: text('["mail", "ftp"]') })).toEqual([]);
    const dumped = await virtfs(sandbox, 'dump');
    expect(dumped.out.join('\n')).toContain('services = [ "ftp", "mail" ]');
    expect(await applied({ settings, toml: dumped.out.join('\n') })).toEqual([]);
    expect(await applied({ settings, toml: text('["https"]') })).toEqual([
      '~ one.org  services -ftp -mail +https',
    ]);
    expect([confOf(sandbox, 'conf.ftp'), confOf(sandbox, 'conf.https')]).toEqual([
      '',
      confLine(sandbox, ip1),
    ]);
    putConf(sandbox, 'conf.ftp', `${ip1} /elsewhere\n`);
    const { problems } = await apply({ settings, toml: text('["ftp"]') });
    expect(problems).toEqual([expect.stringMatching(/^one\.org: .*conf\.ftp gives it to \/elsewhere/u)]);
  });

  test('comes with a new domain where create is asked for it, and nothing is made where it cannot', async ({
    sandbox,
  }) => {
    setUp(sandbox);
    const words = ['create', 'one.org', '--address', ip1, '--service', 'ftp,mail'];
    expect((await virtfs(sandbox, ...words)).status).toBe(0);
    expect(confOf(sandbox, 'conf.ftp') + confOf(sandbox, 'conf.post')).toBe(confLine(sandbox, ip1).repeat(2));
    expect((await virtfs(sandbox, 'create', 'two.org', '--service', 'ftp')).err.join()).toMatch(
      /ADDRESS_MISSING/u,
    );
    putConf(sandbox, 'conf.pop', `${ip2} /elsewhere\n`);
    const taken = await virtfs(sandbox, 'create', 'two.org', '-a', ip2, '--service', 'pop');
    expect(taken.err.join()).toMatch(/ADDRESS_TAKEN/u);
    expect(readdirSync(sandbox.root)).not.toContain('two.org');
  });
});

describe.runIf(needs('root', { program: 'strace' }))('virtfs service enable, killed before any call', () => {
  test('has written each file or not, and its repetition writes them all', { timeout: 300_000 }, async () => {
    const seen = new Set<string>();
    for (const point of fewOf(await points(), 8)) {
      await withOne(async (sandbox) => {
        await runDriverKilled(driver(sandbox), point);
        const files = readdirSync(sandbox.root).filter((name) => name.startsWith('conf.'));
        for (const name of files) expect(confOf(sandbox, name)).toBe(confLine(sandbox, ip1));
        seen.add(files.join());
        await virtfs(sandbox, 'service', 'enable', 'one.org', 'ftp', 'pop');
        for (const name of ['conf.ftp', 'conf.pop'])
          expect(confOf(sandbox, name)).toBe(confLine(sandbox, ip1));
        expect(readdirSync(join(sandbox.root, '.virtfs/stage'))).toEqual([]);
      });
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

async function points() {
  const sandbox = makeSandbox();
  try {
    await makeOne(sandbox, { addresses: [ip1] });
    return await listChangingCalls(driver(sandbox));
  } finally {
    removeSandbox(sandbox);
  }
}

async function withOne(work: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = makeSandbox();
  try {
    await makeOne(sandbox, { addresses: [ip1] });
    await work(sandbox);
  } finally {
    removeSandbox(sandbox);
  }
}

function driver({ root, settings: { configDir } }: Sandbox) {
  const words = ['service', 'enable', 'one.org', 'ftp', 'pop', '--root', root];
  return { script: join(import.meta.dirname, '../support/service-driver.ts'), words: { configDir, words } };
}

function setUp({ settings }: Sandbox, more = ''): void {
  writeFileSync(join(settings.configDir, 'virtuald.toml'), more + toml, { mode: 0o644 });
}

async function virtfs({ root, settings }: Sandbox, ...words: readonly string[]) {
  const small = join(settings.configDir, 'virtfs.toml');
  writeFileSync(small, 'profile = "small"\n', { mode: 0o644 });
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: settings.configDir } });
  const status = await runMain(commands, [...words, '--root', root], io);
  return { status, out: io.outLines.flatMap((line) => line.split('\n')), err: io.errLines };
}

async function json(sandbox: Sandbox, ...words: readonly string[]): Promise<unknown> {
  const { out } = await virtfs(sandbox, ...words, '--json');
  return JSON.parse(out.join('\n'));
}

async function ofVirtuald({ settings }: Sandbox): Promise<readonly string[]> {
  const findings = await examineMachine(settings, '/usr/bin:/bin');
  return findings.filter(({ area }) => area === 'virtuald').map(({ level, what }) => `${level} ${what}`);
}
