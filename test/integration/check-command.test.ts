import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { runCheck } from '../../src/cli/commands/check.ts';
import { checkSpec } from '../../src/cli/specs/check-spec.ts';
import { checkDomains } from '../../src/pipeline/check-domains.ts';
import { fakeIo } from '../support/fake-io.ts';
import { putSetId } from '../support/meddle.ts';
import { needs } from '../support/needs.ts';
import { makeOne } from '../support/run-check.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('virtfs check', () => {
  sandboxTest(
    'ends with 0 where all is well, 1 where it is not, and says so in words or JSON',
    async ({ sandbox }) => {
      const tree = await makeOne(sandbox, { aliases: ['www.a.org'] });
      const clean = await run(sandbox, ['www.a.org']);
      expect(clean).toEqual({ status: 0, out: ['1 domain, 0 findings'], err: [] });
      putSetId(join(tree, 'home/a/\u001b[2Jsu'));
      const found = await run(sandbox, ['a.org', 'www.a.org']);
      expect(found.status).toBe(1);
      expect(found.out.at(-1)).toBe('1 domain, 1 finding');
      expect(found.out.join('\n')).toContain('\\x1b[2Jsu');
      expect(await run(sandbox, [], { quiet: true })).toEqual({ status: 1, out: [], err: [] });
      const { out } = await run(sandbox, [], { json: true, all: true });
      expect(JSON.parse(out.join('\n'))).toMatchObject({
        roots: [sandbox.root],
        domains: [{ root: sandbox.root, domain: 'a.org' }],
        findings: [{ root: sandbox.root, domain: 'a.org', kind: 'set-id', path: 'home/a/\u001b[2Jsu' }],
      });
    },
  );

  sandboxTest('refuses what it cannot check', async ({ sandbox }) => {
    await makeOne(sandbox);
    await expect(run(sandbox, ['b.org'])).rejects.toMatchObject({ code: 'DOMAIN_MISSING' });
    await expect(run(sandbox, ['a.org'], { all: true })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    const nowhere = { ...sandbox, root: join(sandbox.disk, 'nowhere') };
    await expect(run(nowhere, [])).rejects.toMatchObject({ code: 'PATH_MISSING' });
    mkdirSync(join(sandbox.disk, 'empty'));
    const empty = await run({ ...sandbox, root: join(sandbox.disk, 'empty') }, []);
    expect(empty).toMatchObject({ status: 0, out: [], err: [expect.stringContaining('virtfs create')] });
  });

  sandboxTest('needs root', async ({ sandbox }) => {
    await makeOne(sandbox);
    process.seteuid?.(65_534);
    try {
      await expect(run(sandbox, [])).rejects.toMatchObject({ code: 'NEEDS_ROOT' });
      const request = {
        wholeStore: true,
        deep: false,
        progress: 'none',
        signal: new AbortController().signal,
      } as const;
      await expect(checkDomains({ ...request, domains: [] })).rejects.toMatchObject({ code: 'NEEDS_ROOT' });
    } finally {
      process.seteuid?.(0);
    }
  });
});

async function run(
  { root }: Pick<Sandbox, 'root'>,
  operands: readonly string[],
  values: { readonly json?: boolean; readonly quiet?: boolean; readonly all?: boolean } = {},
) {
  const io = fakeIo();
  const status = await runCheck({ operands, values: { root, ...values }, io, spec: checkSpec, table: [] });
  return { status, out: io.outLines, err: io.errLines };
}
