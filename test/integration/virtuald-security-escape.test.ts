import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import type { EscapeReport } from '../../src/domain/escape-report.ts';
import { readLandlockVersion } from '../../src/linux/landlock.ts';
import { encodeCallServer } from '../../src/pipeline/escape/encode-call-server.ts';
import { listAttempts } from '../../src/pipeline/escape/list-attempts.ts';
import { tryEscapes } from '../../src/pipeline/escape/try-escapes.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { virtualdScript } from '../support/one-shot-scene.ts';
import { create } from '../support/run-create.ts';
import { findPort, makeServerScene, type ServerScene } from '../support/start-virtuald.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const relay = join(import.meta.dirname, '../support/relay.ts');
const callServer = '/usr/bin/call-server';
const addresses = new Map([
  ['a.example', '127.0.0.1'],
  ['b.example', '127.0.0.2'],
]);

/** What a kernel may lack altogether. */
const mayBeMissing = [
  'load a part of the kernel',
  'start another kernel',
  'reach the devices by ports',
  "find the host's keys (keyring)",
  'count what a host process does',
];

describe.runIf(needs('root', { program: 'gcc' }))('A service that virtuald starts', () => {
  let sandbox: Sandbox;
  let scene: ServerScene;
  let conf = '';
  beforeAll(async () => {
    sandbox = makeSandbox();
    scene = makeServerScene();
    await create({ settings: sandbox.settings, domains: [...addresses.keys()] });
    for (const domain of addresses.keys()) {
      const program = encodeCallServer(process.arch === 'arm64' ? 'arm64' : 'x64');
      writeFileSync(join(sandbox.root, domain, callServer), program, { mode: 0o755 });
    }
    const lines = [...addresses].map(([domain, address]) => `${address} ${sandbox.root}/${domain}\n`);
    conf = scene.put('conf.escape', lines.join(''));
  });
  afterAll(() => {
    scene[Symbol.dispose]();
    removeSandbox(sandbox);
  });

  test('gets out of no tree, whether it is root or a user of it', { timeout: 120_000 }, async () => {
    const [asRoot, asAdmin] = [await findPort(), await findPort()];
    const file = scene.put(
      'escape.toml',
      `status-socket = "${scene.base}/escape.sock"\n${service('one', asRoot, conf)}${service('two', asAdmin, conf)}user = "admin"\n`,
    );
    const env = { VIRTFS_ROOT: sandbox.root };
    await using server = await scene.start(['--config', file], { env });
    const before = facts(sandbox);
    expectHeld(await attack(sandbox, (user) => (user === undefined ? asRoot : asAdmin)));
    expect(facts(sandbox)).toEqual(before);
    expect(await Promise.race([server.ended, 'runs'])).toBe('runs');
  });

  test('gets out of no tree either when another accepts for virtuald', { timeout: 120_000 }, async () => {
    const before = facts(sandbox);
    const ports = new Map<string | undefined, number>();
    await using stack = new AsyncDisposableStack();
    for (const user of [undefined, 'admin']) {
      const words = [...(user === undefined ? [] : ['--user', user]), conf, callServer];
      const server = createServer({ pauseOnConnect: true }, (socket) => {
        spawn(process.execPath, [virtualdScript, '--root', sandbox.root, ...words], {
          stdio: [socket, socket, 'ignore'],
          env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent' },
        });
        socket.destroy();
      });
      server.listen(0);
      await once(server, 'listening');
      stack.defer(() => void server.close());
      ports.set(user, (server.address() as { readonly port: number }).port);
    }
    expectHeld(await attack(sandbox, (user) => ports.get(user) ?? 0));
    expect(facts(sandbox)).toEqual(before);
  });
});

function service(name: string, port: number, conf: string): string {
  return `[service.${name}]\nlisten = ["127.0.0.1:${port}", "127.0.0.2:${port}"]\nconf = "${conf}"\nprogram = ["${callServer}"]\n`;
}

/** All known ways out, made by what answers at the port. */
async function attack(
  sandbox: Sandbox,
  portOf: (user: string | undefined) => number,
): Promise<readonly EscapeReport[]> {
  const all = listAttempts();
  // Who may chroot(2) does, and would then make all others from where it led to.
  const chroot = all.filter(({ name }) => name === 'climb out by a second chroot');
  const reports: EscapeReport[] = [];
  for (const attempts of [chroot, all.filter((each) => !chroot.includes(each))])
    reports.push(
      await tryEscapes({
        root: sandbox.root,
        domain: parseDomainName('a.example'),
        enter: (domain, user) => [process.execPath, relay, addresses.get(domain) ?? '', String(portOf(user))],
        signal: new AbortController().signal,
        attempts,
      }),
    );
  return reports;
}

function expectHeld(reports: readonly EscapeReport[]): void {
  for (const { users } of reports) expect(users).toEqual(['admin', 'root']);
  const rows = reports.flatMap((report) => report.rows);
  const escapes = rows.filter(({ type }) => type === 'escape');
  expect(escapes.length).toBeGreaterThan(30);
  // What the kernel is too old to stop, check --escape names.
  const mayGet = readLandlockVersion() >= 6 ? [] : rows.filter(({ tooOldFor }) => tooOldFor !== undefined);
  const got = escapes.filter(({ outcomes }) => outcomes.some(({ type }) => type === 'through'));
  expect(
    got.filter((row) => !mayGet.includes(row)).map(({ attempt, outcomes }) => [attempt, outcomes]),
  ).toEqual([]);
  const chroot = rows[0]?.outcomes.find(({ as }) => as === 'root');
  expect(chroot?.how).toBe('chroot led nowhere');
  const untested = escapes.filter(({ outcomes }) => outcomes.some(({ type }) => type === 'untested'));
  expect(untested.map(({ attempt }) => attempt).filter((name) => !mayBeMissing.includes(name))).toEqual([]);
}

function facts({ root }: Sandbox) {
  const files = [...addresses.keys()].map((domain) => listTree(join(root, domain)));
  return { files, name: hostname(), passwd: readFileSync('/etc/passwd', 'utf8') };
}
