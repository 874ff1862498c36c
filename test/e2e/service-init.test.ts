import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostOverlay, startHostOverlay } from '../support/host-overlay.ts';
import { findInstalled } from '../support/installed.ts';
import { needs } from '../support/needs.ts';

const port = 7787;
const addresses = { 'a.example': '127.0.0.129', 'b.example': '127.0.0.130' } as const;

describe.runIf(needs('root'))('virtuald, started by its init script', () => {
  let host: HostOverlay;

  beforeAll(async () => {
    host = await startHostOverlay();
    await host.sh(
      `mkdir -p /etc/virtfs "$1"
      printf 'root = "%s"\\nprofile = "minimal"\\n' "$1" >/etc/virtfs/virtfs.toml
      printf '[service.name]\\nlisten = ["%s"]\\nprogram = ["cat", "/etc/hostname"]\\n' "$2" >/etc/virtfs/virtuald.toml`,
      join(host.base, 'virtual'),
      String(port),
    );
    await virtfs('create', 'a.example', '--address', addresses['a.example'], '--service', 'name');
    await virtfs('create', 'b.example', '--address', addresses['b.example']);
  });

  afterAll(async () => {
    await host.run('/etc/init.d/virtuald', 'stop');
    await host[Symbol.asyncDispose]();
  });

  it('serves the domains that have the service, takes changes without a restart, and goes with its script', async () => {
    await virtfs('service', 'install', '--init', 'sysv');
    expect((await call('status')).exitCode).toBe(3);
    expect(await call('start')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect((await call('status')).exitCode).toBe(0);
    expect(await said('a.example')).toBe('a.example\n');
    expect(await said('b.example')).toBe('');
    await virtfs('service', 'enable', 'b.example', 'name');
    expect(await call('reload')).toMatchObject({ exitCode: 0 });
    await until(async () => (await said('b.example')) === 'b.example\n');
    expect(await host.sh('"$1" doctor || :', findInstalled().virtfs)).toMatch(/it runs, and answers/u);
    expect(await call('restart')).toMatchObject({ exitCode: 0 });
    expect(await said('a.example')).toBe('a.example\n');
    await virtfs('service', 'disable', 'a.example', 'name');
    await until(async () => (await said('a.example')) === '');
    const { stderr } = await virtfs('service', 'uninstall', '--dry-run');
    expect(stderr).toBe('/etc/init.d/virtuald would go.');
    await virtfs('service', 'uninstall');
    await expect(said('b.example')).rejects.toThrow('ECONNREFUSED');
    expect(await host.sh('ls /run/virtfs')).not.toContain('virtuald.pid');
  });

  async function virtfs(...words: readonly string[]) {
    const ended = await host.run(findInstalled().virtfs, ...words);
    expect(ended.exitCode, ended.stderr).toBe(0);
    return ended;
  }

  function call(word: string) {
    return host.run('/etc/init.d/virtuald', word);
  }
});

function said(domain: keyof typeof addresses): Promise<string> {
  return text(connect(port, addresses[domain]));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
