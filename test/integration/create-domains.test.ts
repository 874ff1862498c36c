import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseRecord } from '../../src/domain/parse-record.ts';
import { mayShareInode } from '../../src/domain/shared-dirs.ts';
import { mergeEntries, parseLayer, parseManifest } from '../../src/manifest/parse-manifest.ts';
import { planDomains } from '../../src/pipeline/plan-domains.ts';
import { contentOf, fingerprint, hashOf, walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create, requestOf } from '../support/run-create.ts';
import { type Sandbox, sandboxTest, settingsFor } from '../support/trees-root.ts';

describe.runIf(needs('root'))('createDomains, one domain', () => {
  sandboxTest('makes every folder and file HOWTO 4.1 names, links followed', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['foo.bar.com'] });
    const tree = join(sandbox.root, 'foo.bar.com');
    const missing = howtoNames.filter(
      (name) => statSync(join(tree, name), { throwIfNoEntry: false }) === undefined,
    );
    expect(missing).toEqual([]);
    const outside = howtoNames.filter((name) => !realpathSync(join(tree, name)).startsWith(`${tree}/`));
    expect(outside).toEqual([]);
  });

  sandboxTest('gives modes and owners exactly, whatever the umask', async ({ sandbox }) => {
    const umask = process.umask(0o077);
    try {
      await create({ settings: sandbox.settings, domains: ['foo.bar.com'] });
    } finally {
      expect(process.umask(umask)).toBe(0o077);
    }
    const tree = join(sandbox.root, 'foo.bar.com');
    const ids = idsOf(tree);
    // biome-ignore format: a table
    const wanted = [
      ['',               '0755', 0,                0],
      ['etc',            '0755', 0,                0],
      ['home/q',         '0755', 0,                0],
      ['root',           '0700', 0,                0],
      ['tmp',            '1777', 0,                0],
      ['usr/tmp',        '1777', 0,                0],
      ['var/tmp',        '1777', 0,                0],
      ['var/lock',       '1777', 0,                0],
      ['var/mail',       '2775', 0,                ids('group', 'mail')],
      ['var/log/wtmp',   '0664', 0,                ids('group', 'utmp')],
      ['var/www/html',   '2775', ids('passwd', 'webmaster'), ids('group', 'www')],
      ['home/a/admin',   '0750', ids('passwd', 'admin'),     ids('group', 'admin')],
      ['etc/passwd',     '0644', 0,                0],
      ['etc/shadow',     '0640', 0,                ids('group', 'shadow')],
      ['bin/ls',         '0755', 0,                0],
      ['usr/bin/passwd', '4755', 0,                0],
      ['dev/null',       '0666', 0,                0],
      ['dev/tty',        '0666', 0,                ids('group', 'tty')],
    ] as const;
    const found = wanted.map(([path]) => {
      const { mode, uid, gid } = statSync(join(tree, path));
      return [path, (mode & 0o7777).toString(8).padStart(4, '0'), uid, gid];
    });
    expect(found).toEqual(wanted);
  });

  sandboxTest('gives nothing the group of a root of trees that is set-gid', async ({ sandbox }) => {
    mkdirSync(sandbox.root);
    chownSync(sandbox.root, 0, 1234);
    chmodSync(sandbox.root, 0o2711);
    await create({ settings: sandbox.settings, domains: ['foo.bar.com'] });
    expect(walk(sandbox.root).filter(({ stats }) => stats.gid === 1234n)).toEqual([]);
  });

  sandboxTest('makes the devices of the profile and no other', async ({ sandbox }) => {
    await create({ settings: sandbox.settings, domains: ['foo.bar.com'] });
    const tree = join(sandbox.root, 'foo.bar.com');
    const devices = walk(tree).filter(({ stats }) => stats.isCharacterDevice() || stats.isBlockDevice());
    expect(devices.map(({ path }) => path).sort()).toEqual(
      ['full', 'null', 'ptmx', 'random', 'tty', 'urandom', 'zero'].map((name) => `dev/${name}`),
    );
    const same = devices.filter(
      ({ path, stats }) => lstatSync(`/${path}`, { bigint: true }).rdev === stats.rdev,
    );
    expect(same.length).toBe(devices.length);
  });

  sandboxTest('keeps a record and a manifest that say what is there', async ({ sandbox }) => {
    const { domains, link } = await create({
      settings: sandbox.settings,
      domains: ['foo.bar.com'],
      addresses: ['192.0.2.1', '2001:db8::1'],
      aliases: ['www.bar.com'],
    });
    const record = parseRecord(stateText(sandbox, 'domains/foo.bar.com.json'), 'record');
    expect(record).toEqual(domains[0]?.record);
    expect(record).toMatchObject({ link, addresses: ['192.0.2.1', '2001:db8::1'], aliases: ['www.bar.com'] });
    expect(realpathSync(join(sandbox.root, 'www.bar.com'))).toBe(join(sandbox.root, 'foo.bar.com'));

    const tree = join(sandbox.root, 'foo.bar.com');
    const found = walk(tree);
    const planned = manifestOf(sandbox, 'foo.bar.com');
    expect(found.map(({ path }) => path).sort()).toEqual([...planned.keys()].sort());
    const wrong = found.filter(({ path, stats }) => {
      const entry = planned.get(path);
      if (entry?.type === 'symlink') return contentOf(join(tree, path), stats) !== `-> ${entry.target}`;
      const mode = (Number(stats.mode) & 0o7777).toString(8).padStart(4, '0');
      const isOwned =
        mode === entry?.mode && Number(stats.uid) === entry.uid && Number(stats.gid) === entry.gid;
      const hasBytes = entry?.type !== 'file' || hashOf(join(tree, path)) === entry.sha256;
      return !isOwned || !hasBytes;
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  sandboxTest('leaves every host file as it was', async ({ sandbox }) => {
    const words = { settings: sandbox.settings, domains: ['foo.bar.com'] };
    const { domains } = await planDomains(requestOf(words));
    const sources = (domains[0] ? [...domains[0].plan.layer, ...domains[0].plan.own] : [])
      .flatMap(({ entries }) => entries)
      .flatMap((entry) => (entry.type === 'file' && 'copyOf' in entry.source ? [entry.source.copyOf] : []));
    const before = sources.map(fingerprint);
    await create(words);
    expect(sources.map(fingerprint)).toEqual(before);
    expect(sources.length).toBeGreaterThan(10);
  });
});

describe.runIf(needs('root'))('createDomains, sharing', () => {
  sandboxTest(
    'shares programs, libraries and links with the next domain, and nothing else',
    async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['one.example.org'] });
      const { domains } = await create({ settings: sandbox.settings, domains: ['two.example.org'] });
      const one = inodesOf(join(sandbox.root, 'one.example.org'));
      const two = walk(join(sandbox.root, 'two.example.org'));
      const shared = two.filter(({ path, stats }) => one.get(path) === stats.ino);
      const due = two.filter(
        ({ path, stats }) =>
          stats.isSymbolicLink() ||
          (stats.isFile() && mayShareInode(path) && stats.size > 0n && (stats.mode & 0o7000n) === 0n),
      );
      expect(shared.map(({ path }) => path)).toEqual(due.map(({ path }) => path));
      const all = new Set(one.values());
      expect(domains[0]?.ownInodes).toBe(two.filter(({ stats }) => !all.has(stats.ino)).length + 1);
      expect(domains[0]?.ownInodes).toBeLessThanOrEqual(150);
      expect(domains[0]?.ownBytes).toBeLessThanOrEqual(1_000_000);
    },
  );

  sandboxTest('shares no inode with the host, though a hard link could', async ({ sandbox }) => {
    const root = join(sandbox.base, 'trees');
    const { link } = await create({
      settings: settingsFor(root, sandbox.settings.configDir),
      domains: ['one.example.org'],
      link: 'hardlink',
    });
    const ours = new Set(walk(root).map(({ stats }) => `${stats.dev}:${stats.ino}`));
    const sources = walk(join(root, 'one.example.org')).filter(({ path }) => existsSync(`/${path}`));
    const hosts = sources.map(({ path }) => statSync(`/${path}`, { bigint: true }));
    expect(hosts.filter(({ dev, ino }) => ours.has(`${dev}:${ino}`))).toEqual([]);
    expect(hosts.length).toBeGreaterThan(20);
    expect(link).toBe('hardlink');
  });

  sandboxTest(
    'keeps a store of root-owned files that only root can write, none of them set-id',
    async ({ sandbox }) => {
      await create({ settings: sandbox.settings, domains: ['one.example.org', 'two.example.org'] });
      const store = join(sandbox.root, '.virtfs/store');
      const objects = walk(store).filter(({ stats }) => stats.isFile());
      const wrong = objects.filter(
        ({ stats }) =>
          stats.uid !== 0n || stats.gid !== 0n || (stats.mode & 0o7022n) !== 0n || stats.nlink < 1n,
      );
      expect(wrong.map(({ path }) => path)).toEqual([]);
      for (const { path } of objects) expect(path).toContain(hashOf(join(store, path)));
      expect(lstatSync(join(sandbox.root, '.virtfs')).mode & 0o7777).toBe(0o700);
      expect(lstatSync(store).mode & 0o7777).toBe(0o700);
    },
  );

  sandboxTest(
    'links no object that is empty or configuration into a tree',
    async ({ sandbox, hostFolder }) => {
      writeFileSync(join(hostFolder, 'empty'), '');
      writeFileSync(join(hostFolder, 'full'), 'x');
      sandbox.putProfile('more', `summary = "x"\nfiles = ["${hostFolder}", "/etc/deluser.conf"]\n`);
      await create({ settings: sandbox.settings, domains: ['one.example.org'], profiles: ['small', 'more'] });
      const files = walk(join(sandbox.root, 'one.example.org')).filter(({ stats }) => stats.isFile());
      const linked = files.filter(({ stats }) => stats.nlink > 1n);
      expect(linked.length).toBeGreaterThan(5);
      expect(linked.filter(({ path, stats }) => stats.size === 0n || !mayShareInode(path))).toEqual([]);
      const nlinks = Object.fromEntries(files.map(({ path, stats }) => [path, Number(stats.nlink)]));
      expect(nlinks).toMatchObject({ 'etc/deluser.conf': 1, [`${hostFolder.slice(1)}/empty`]: 1 });
      expect(nlinks[`${hostFolder.slice(1)}/full`]).toBe(2);
    },
  );
});

// biome-ignore format: a list
const howtoNames: readonly string[] = [
  'bin', 'sbin', 'lib', 'lib64', 'usr/bin', 'usr/sbin', 'usr/lib', 'dev', 'etc', 'etc/skel',
  ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `home/${letter}`), 'home/a/admin',
  'proc', 'tmp', 'usr/tmp', 'usr/spool', 'var/lock', 'var/log/wtmp', 'var/run/utmp', 'var/spool', 'var/tmp', 'var/mail',
  'var/www/html', 'var/www/master', 'var/www/server',
  'etc/passwd', 'etc/group', 'etc/shadow', 'etc/nsswitch.conf', 'etc/hosts', 'etc/hostname', 'etc/mailname',
  'etc/resolv.conf', 'etc/pam.d/passwd', 'etc/pam.d/common-auth', 'etc/security', 'etc/login.defs', 'etc/shells',
  'etc/services', 'etc/protocols', 'etc/profile', 'etc/localtime', 'etc/ld.so.cache',
  'bin/sh', 'bin/ls', 'usr/bin/passwd',
];

/** The number a name has in the tree's passwd or group. */
function idsOf(tree: string): (file: 'passwd' | 'group', name: string) => number {
  return (file, name) => {
    const line = readFileSync(join(tree, 'etc', file), 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`${name}:`));
    return Number(line?.split(':')[2]);
  };
}

function stateText(sandbox: Sandbox, path: string): string {
  return readFileSync(join(sandbox.root, '.virtfs', path), 'utf8');
}

function manifestOf(sandbox: Sandbox, domain: string) {
  const manifest = parseManifest(stateText(sandbox, `manifests/${domain}.json`), 'manifest');
  return mergeEntries(manifest, parseLayer(stateText(sandbox, `layers/${manifest.layer}.json`), 'layer'));
}

function inodesOf(tree: string): ReadonlyMap<string, bigint> {
  return new Map(walk(tree).map(({ path, stats }) => [path, stats.ino]));
}
