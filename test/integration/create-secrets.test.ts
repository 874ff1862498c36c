import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { walk } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { create } from '../support/run-create.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

const canary = 'Y2FuYXJ5IG9mIGEgc2VjcmV0';
const pem = `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`;

// biome-ignore format: a table
const secrets: readonly (readonly [what: string, name: string, mode: number, text: string])[] = [
  ['a private key that all may read',  'server.pem', 0o644, pem],
  ['a private key in a script',        'start',      0o755, `#!/bin/sh\nKEY='${pem}'\n`],
  ['an OpenSSH key',                   'key',        0o600, pem.replaceAll('PRIVATE', 'OPENSSH PRIVATE')],
  ['a password hash',                  'users.conf', 0o640, `${canary}:$6$saltsalt$${'abcdefgh'.repeat(10)}:19000\n`],
];

describe.runIf(needs('root'))('createDomains, secrets in what a profile names', () => {
  for (const [what, name, mode, text] of secrets) {
    sandboxTest(`refuses ${what}, before any of it is copied`, async ({ sandbox, hostFolder }) => {
      writeFileSync(join(hostFolder, name), text);
      chmodSync(join(hostFolder, name), mode);
      sandbox.putProfile('app', `summary = "x"\nfiles = ["${hostFolder}"]\n`);
      const words = { settings: sandbox.settings, domains: ['one.org'], profiles: ['small', 'app'] };
      await expect(create(words)).rejects.toMatchObject({
        code: 'TREE_UNSAFE',
        why: expect.stringContaining(join(hostFolder, name)),
        mend: expect.stringContaining('exclude'),
      });
      expect(readdirSync(sandbox.root)).toEqual(['.virtfs']);
      expect(filesWith(sandbox, canary)).toEqual([]);
    });
  }

  sandboxTest('leaves out what is denied by its name, and says so', async ({ sandbox, hostFolder }) => {
    mkdirSync(join(hostFolder, '.ssh'));
    writeFileSync(join(hostFolder, '.ssh/id_ed25519'), pem);
    writeFileSync(join(hostFolder, 'id_rsa'), pem);
    writeFileSync(join(hostFolder, 'tool'), 'harmless');
    sandbox.putProfile('app', `summary = "x"\nfiles = ["${hostFolder}"]\n`);
    const { notices } = await create({
      settings: sandbox.settings,
      domains: ['one.org'],
      profiles: ['small', 'app'],
    });
    expect(notices.join('\n')).toContain('private key');
    expect(readdirSync(join(sandbox.root, 'one.org', hostFolder))).toEqual(['tool']);
    expect(filesWith(sandbox, canary)).toEqual([]);
  });
});

/** Paths below the root of trees whose content holds `text`. */
function filesWith({ root }: Sandbox, text: string): readonly string[] {
  return walk(root)
    .filter(({ stats }) => stats.isFile())
    .map(({ path }) => path)
    .filter((path) => readFileSync(join(root, path)).includes(text));
}
