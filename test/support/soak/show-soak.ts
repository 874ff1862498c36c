// Called by scripts/soak, in namespaces of its own: connections, seed, and a folder virtfs was installed below.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runSoak } from './run-soak.ts';

const [connections = '', seed = '', prefix = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'virtfs-soak-'));
execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0700', 'virtfs-soak', folder]);
try {
  const findings = await runSoak({
    virtfs: `${prefix}/sbin/virtfs`,
    virtuald: `${prefix}/sbin/virtuald`,
    folder,
    connections: Number(connections),
    reloadMs: 1000,
    seed: Number(seed),
    growthAllowed: 8e6,
  });
  for (const { claim, holds, figures } of findings)
    process.stdout.write(`${holds ? 'holds' : 'FAILS'}  ${claim}\n         ${figures}\n`);
  process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1;
} finally {
  execFileSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true });
}
