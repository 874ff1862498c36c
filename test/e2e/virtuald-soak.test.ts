import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.ts';
import { mountSandbox } from '../support/sandbox.ts';
import { runSoak } from '../support/soak/run-soak.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --listen', () => {
  it('tells each of 3,000 clients, good and bad ones, of its own domain, loses none, and leaves nothing behind', async () => {
    using sandbox = mountSandbox();
    const { virtfs, prefix } = sandbox.installed;
    const findings = await runSoak({
      virtfs,
      virtuald: join(prefix, 'sbin/virtuald'),
      folder: dirname(sandbox.root),
      connections: 3000,
      reloadMs: 100,
      seed: 1,
      growthAllowed: 40e6,
    });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
  });
});
