import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** The programs as scripts/install lays them. */
export interface Installed {
  readonly prefix: string;
  readonly virtfs: string;
  readonly virtexec: string;
}

let found: Installed | undefined;

/** The copy scripts/test installed, VIRTFS_TEST_PREFIX; else one installed now, which is gone when the test file ends. */
export function findInstalled(): Installed {
  const prefix = found?.prefix ?? (process.env.VIRTFS_TEST_PREFIX || installNow());
  found = { prefix, virtfs: join(prefix, 'sbin/virtfs'), virtexec: join(prefix, 'bin/virtexec') };
  return found;
}

function installNow(): string {
  const prefix = mkdtempSync(join(tmpdir(), 'virtfs-prefix-'));
  process.on('exit', () => rmSync(prefix, { recursive: true, force: true }));
  chmodSync(prefix, 0o755);
  execFileSync(join(import.meta.dirname, '../../scripts/install'), ['--prefix', prefix], { stdio: 'pipe' });
  return prefix;
}
