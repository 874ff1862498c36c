import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { findUnpacked, layOverHost } from '../../support/lay-over-host.ts';
import { layEximConfig, writePostfixConfig } from '../../support/mail-server-configs.ts';
import { needs } from '../../support/needs.ts';
import { type MailScene, makeMailScene } from '../../support/start-virtmaild.ts';

const virtfs = join(import.meta.dirname, '../../../src/bin/virtfs.ts');
const isReady = needs('root', { program: 'swaks' });
const postfix = findUnpacked('postfix');
const exim = findUnpacked('exim4-daemon-light');
const domains = ['foo.bar.com', 'bar.foo.com'];

/** Sends a message with a client of SMTP; what the server said. */
function send(port: number, to: string): { readonly status: number | null; readonly said: string } {
  const words = [
    '--server',
    `127.0.0.1:${port}`,
    '--from',
    'ann@example.net',
    '--to',
    to,
    '--body',
    `for ${to}`,
  ];
  const { status, stdout } = spawnSync('swaks', words, { encoding: 'utf8' });
  return { status, said: stdout };
}

function config(scene: MailScene, server: string, dir: string): string {
  const words = [virtfs, 'mail', 'config', server, '--install', '--etc', dir, '--root', scene.root];
  const env = { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: join(scene.base, 'config') };
  return execFileSync(process.execPath, words, { encoding: 'utf8', env, stdio: 'pipe' });
}

function messagesOf(scene: MailScene): readonly (readonly string[])[] {
  return domains.map((domain) =>
    scene.messages(domain, 'bob').map((text) => /^for bob@[\w.]+/mu.exec(text)?.[0] ?? ''),
  );
}

function makeScene(user: string): MailScene {
  const scene = makeMailScene();
  for (const domain of domains) scene.addTree(domain, ['bob']);
  scene.set(`trusted-users = ["${user}"]\nlisten = ["unix:${scene.base}/lmtp.sock"]\n`);
  return scene;
}

const forBobs = domains.map((domain) => [`for bob@${domain}`]);
const twiceForBobs = domains.map((domain) => [`for bob@${domain}`, `for bob@${domain}`]);
const patient = { timeout: 60_000, interval: 200 };

describe.runIf(isReady && postfix !== undefined)('Postfix, as virtfs mail config has it,', () => {
  test('delivers to each bob, refuses an unknown user, and waits for virtmaild', async () => {
    using _host = layOverHost(postfix ?? '', ['postfix', 'postdrop']);
    using scene = makeScene('postfix');
    const dir = writePostfixConfig(scene.base, postfix ?? '', 980);
    for (const line of config(scene, 'postfix', dir).split('\n'))
      if (line.startsWith('postconf ')) execFileSync('sh', ['-c', line], { stdio: 'pipe' });
    expect(execFileSync('postconf', ['-c', dir, '-h', 'virtual_transport'], { encoding: 'utf8' })).toBe(
      `virtfs:unix:${scene.base}/lmtp.sock\n`,
    );
    expect(
      execFileSync('postmap', ['-c', dir, '-q', 'foo.bar.com', `texthash:${dir}/virtfs-domains`], {
        encoding: 'utf8',
      }),
    ).toBe('reject_unverified_recipient\n');
    const server = await scene.start([], { ownListen: false });
    execFileSync('postfix', ['-c', dir, 'start'], { stdio: 'pipe' });
    try {
      for (const domain of domains)
        await expect.poll(() => send(2525, `bob@${domain}`).status, patient).toBe(0);
      await expect.poll(() => messagesOf(scene), patient).toEqual(forBobs);
      await expect
        .poll(() => send(2525, 'nobody-there@foo.bar.com').said, patient)
        .toMatch(/550 5\.1\.1 .*no such user/u);
      expect(send(2525, 'bob@elsewhere.example').said).toMatch(/554 5\.7\.1|454 4\.7\.1/u);
      server.signal('SIGTERM');
      await server.ended;
      for (const domain of domains) expect(send(2525, `bob@${domain}`).status).toBe(0);
      await expect
        .poll(() => readFileSync(join(scene.base, 'log'), 'utf8'), patient)
        .toContain('status=deferred');
      expect(messagesOf(scene)).toEqual(forBobs);
      await using _again = await scene.start([], { ownListen: false });
      await expect.poll(() => messagesOf(scene), patient).toEqual(twiceForBobs);
    } finally {
      execFileSync('postfix', ['-c', dir, 'stop'], { stdio: 'pipe' });
    }
  });
});

describe.runIf(isReady && exim !== undefined)('Exim, as virtfs mail config has it,', () => {
  test('delivers to each bob, bounces for an unknown user, and waits for virtmaild', async () => {
    using scene = makeScene('mail');
    const dir = join(scene.base, 'exim');
    mkdirSync(dir);
    config(scene, 'exim', dir);
    using _etc = layEximConfig(scene.base, dir, 980);
    using _host = layOverHost(exim ?? '', ['Debian-exim']);
    const routed = spawnSync('exim4', ['-bt', 'bob@foo.bar.com'], { encoding: 'utf8' });
    expect(routed.stdout).toContain('router = virtfs, transport = virtfs');
    const log = () => readFileSync(join(scene.base, 'logs/main'), 'utf8');
    const server = await scene.start([], { ownListen: false });
    const daemon = spawn('exim4', ['-bdf', '-q1s', '-oX', '127.0.0.1.2526'], { stdio: 'ignore' });
    const ended = once(daemon, 'close');
    try {
      for (const domain of domains)
        await expect.poll(() => send(2526, `bob@${domain}`).status, patient).toBe(0);
      await expect.poll(() => messagesOf(scene), patient).toEqual(forBobs);
      expect(send(2526, 'nobody-there@foo.bar.com').status).toBe(0);
      await expect.poll(log, patient).toMatch(/\*\* nobody-there@foo\.bar\.com .*550 5\.1\.1/u);
      server.signal('SIGTERM');
      await server.ended;
      for (const domain of domains) expect(send(2526, `bob@${domain}`).status).toBe(0);
      await expect.poll(log, patient).toMatch(/== bob@bar\.foo\.com .* defer/u);
      expect(messagesOf(scene)).toEqual(forBobs);
      await using _again = await scene.start([], { ownListen: false });
      await expect.poll(() => messagesOf(scene), patient).toEqual(twiceForBobs);
    } finally {
      daemon.kill();
      await ended;
    }
  });
});
