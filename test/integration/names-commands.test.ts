import { readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { confLine, ip1, makeOne, putConf } from '../support/change-one.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('virtfs alias', () => {
  sandboxTest('adds and removes names, and the hosts file of the tree follows', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const added = await virtfs(sandbox, 'alias', 'add', 'one.org', 'WWW.one.org', 'bücher.example');
    expect(added).toEqual({
      status: 0,
      out: [],
      err: [
        'www.one.org is an alias of one.org now.',
        'xn--bcher-kva.example (bücher.example) is an alias of one.org now.',
        'Brought up to date in the tree: /etc/hosts.',
      ],
    });
    expect(hostsOf(sandbox)).toContain('www.one.org');
    const again = await virtfs(sandbox, 'alias', 'add', 'one.org', 'www.one.org');
    expect(again).toEqual({ status: 0, out: [], err: ['www.one.org is an alias of one.org already.'] });
    // A domain may be named by an alias.
    const removed = await virtfs(
      sandbox,
      'alias',
      'remove',
      'www.one.org',
      'www.one.org',
      'no.org',
      '--json',
    );
    expect(JSON.parse(removed.out.join('\n'))).toMatchObject({
      domain: 'one.org',
      aliases: ['xn--bcher-kva.example'],
      removed: { aliases: ['www.one.org'] },
      isChanged: true,
      tree: { changes: [{ path: 'etc/hosts' }] },
    });
    expect(hostsOf(sandbox)).not.toContain('www.one.org');
  });

  sandboxTest('completes the tree though the call was stopped right before', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const file = join(sandbox.root, '.virtfs/domains/one.org.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...record, aliases: ['www.one.org'] }));
    expect((await virtfs(sandbox, 'alias', 'add', 'one.org', 'www.one.org')).status).toBe(0);
    expect(hostsOf(sandbox)).toContain('www.one.org');
  });

  sandboxTest('leaves the tree of a held domain as it is, and says so', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const file = join(sandbox.root, '.virtfs/manifests/one.org.json');
    const { own, ...head } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...head, held: true, own }));
    const before = hostsOf(sandbox);
    const { status, err } = await virtfs(sandbox, 'alias', 'add', 'one.org', 'www.one.org');
    expect(status).toBe(0);
    expect(err.join(' ')).toMatch(/one\.org is held/u);
    expect(hostsOf(sandbox)).toBe(before);
  });

  sandboxTest('lists links and records together', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.one.org'] });
    unlinkSync(join(sandbox.root, 'www.one.org'));
    symlinkSync('one.org', join(sandbox.root, 'hand.org'));
    const { out, err } = await virtfs(sandbox, 'alias', 'list');
    expect(out).toEqual(['ALIAS        DOMAIN', 'www.one.org  one.org', 'hand.org     one.org']);
    expect(err).toEqual([
      'The link of www.one.org is not there. Make it again: virtfs alias add one.org www.one.org',
    ]);
    const json = await virtfs(sandbox, 'alias', 'list', 'one.org', '--json');
    expect(JSON.parse(json.out.join('\n')).aliases).toEqual([
      { alias: 'www.one.org', domain: 'one.org', root: sandbox.root, linked: false, recorded: true },
      { alias: 'hand.org', domain: 'one.org', root: sandbox.root, linked: true, recorded: false },
    ]);
  });
});

describe.runIf(needs('root'))('virtfs address', () => {
  sandboxTest('adds an address and shows which services send it to the domain', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    putConf(sandbox, 'conf.ftp', confLine(sandbox, ip1));
    putConf(sandbox, 'conf.pop', confLine(sandbox, '192.0.2.5'));
    const added = await virtfs(sandbox, 'address', 'add', 'one.org', '2001:DB8::0:7', '--quiet');
    expect(added).toEqual({ status: 0, out: [], err: [] });
    expect(hostsOf(sandbox)).toContain('2001:db8::7 one.org');
    const { out, err } = await virtfs(sandbox, 'address', 'list');
    expect(out).toEqual([
      'ADDRESS      DOMAIN   SERVICES',
      '192.0.2.1    one.org  ftp',
      '2001:db8::7  one.org  ftp pop',
      '192.0.2.5    one.org  pop',
    ]);
    expect(err).toEqual([
      'The record of one.org lacks 192.0.2.5, which conf.pop sends to it: virtfs address add one.org 192.0.2.5',
    ]);
  });

  sandboxTest('ends with 1 and says why when a line is left to be changed by hand', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    putConf(sandbox, 'conf.ftp', `${confLine(sandbox, ip1)}192.0.2.2 /elsewhere\n`);
    const added = await virtfs(sandbox, 'address', 'add', 'one.org', '192.0.2.2', '--quiet');
    expect(added).toMatchObject({ status: 1, out: [] });
    expect(added.err.join(' ')).toMatch(/conf\.ftp gives 192\.0\.2\.2 to another\s+directory/u);
  });

  sandboxTest('prints what an interface is to have at each boot', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const printed = await virtfs(sandbox, 'address', 'list', '--format', 'ifupdown', '--interface', 'lo');
    expect(printed.out.slice(-2)).toEqual(['iface lo inet static', '    address 192.0.2.1/32']);
    for (const words of [
      ['--format', 'ifupdown'],
      ['--interface', 'lo'],
      ['--format', 'x', '-i', 'lo'],
      ['--format', 'networkd', '-i', 'lo', '--json'],
    ]) {
      expect((await virtfs(sandbox, 'address', 'list', ...words)).status, words.join(' ')).toBe(64);
    }
    const missing = await virtfs(sandbox, 'address', 'list', '--format', 'ifupdown', '-i', 'lo\nx');
    expect(missing.status).toBe(66);
  });
});

describe.runIf(needs('root'))('virtfs rename', () => {
  sandboxTest('gives the tree its new name inside too', async ({ sandbox }) => {
    await makeOne(sandbox, { addresses: [ip1] });
    const renamed = await virtfs(sandbox, 'rename', 'one.org', 'new.org', '--keep-alias');
    expect(renamed).toMatchObject({ status: 0, out: [`${sandbox.root}/new.org`] });
    expect(renamed.err[0]).toBe('Renamed one.org to new.org.');
    expect(readFileSync(join(sandbox.root, 'new.org/etc/hostname'), 'utf8')).toBe('new.org\n');
    expect(hostsOf(sandbox, 'new.org')).toContain('192.0.2.1 new.org one.org');
    const again = await virtfs(sandbox, 'rename', 'one.org', 'new.org', '--keep-alias');
    expect(again).toMatchObject({ status: 0, err: ['one.org has the name new.org already.'] });
    expect((await virtfs(sandbox, 'rename', 'far.org', 'near.org')).status).toBe(66);
  });
});

async function virtfs({ root, settings }: Sandbox, ...words: readonly string[]) {
  const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: settings.configDir } });
  const status = await runMain(commands, [...words, '--root', root], io);
  return { status, out: io.outLines.flatMap((line) => line.split('\n')), err: io.errLines };
}

function hostsOf({ root }: Sandbox, domain = 'one.org'): string {
  return readFileSync(join(root, domain, 'etc/hosts'), 'utf8');
}
