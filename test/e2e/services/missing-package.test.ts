import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../support/needs.ts';
import { mountSandbox } from '../../support/sandbox.ts';

describe.runIf(needs('root', { program: 'vsftpd' }))('virtfs create on a host without the server', () => {
  test('names the program that is missing, and the package that holds it', async () => {
    using sandbox = mountSandbox();
    // As good as not there: nobody may run it.
    const nothing = join(sandbox.root, '../nothing');
    writeFileSync(nothing, '', { mode: 0o644 });
    execFileSync('mount', ['--bind', nothing, '/usr/sbin/vsftpd']);
    try {
      const { status, err } = await sandbox.virtfs(['create', 'a.example', '--profile', 'ftp']);
      expect(status).toBe(66);
      expect(err).toMatch(/this host has no vsftpd .*install what holds them \(apt-get install vsftpd\)/su);
    } finally {
      execFileSync('umount', ['/usr/sbin/vsftpd']);
    }
  });
});
