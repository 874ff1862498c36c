import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/domain/account-lines.ts';
import { passwordState } from '../../src/domain/account-password.ts';
import { needs } from '../support/needs.ts';
import { mapInLanes } from '../support/run-alone.ts';
import type { Ended } from '../support/run-virtexec.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const domain = 'busy.example';
const names = (kind: string, count: number) => Array.from({ length: count }, (_, index) => `${kind}${index}`);
const fresh = names('new', 100);
const ours = names('ours', 50);
const theirs = names('theirs', 50);
const password = 'Some-word-12';

describe.runIf(needs('root'))('user add, user passwd and the passwd of the tree, all at once', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = mountSandbox();
    outOf(await sandbox.virtfs(['create', domain]));
    const added = await mapInLanes([...ours, ...theirs], 4, (name) =>
      sandbox.virtfs(['user', 'add', '-q', domain, name]),
    );
    added.map(outOf);
  });
  afterAll(() => sandbox[Symbol.dispose]());

  test('lose nobody and nothing', { timeout: 240_000 }, async () => {
    const both = `${password}\n${password}\n`;
    const timeout = 200_000;
    const runs: readonly Promise<Ended>[] = [
      ...fresh.map((name) => sandbox.virtfs(['user', 'add', '-q', domain, name], { timeout })),
      ...ours.map((name) =>
        sandbox.virtfs(['user', 'passwd', '-q', '--password-stdin', domain, name], { input: both, timeout }),
      ),
      ...theirs.map((name) =>
        sandbox.virtexec(['--domain', domain, 'passwd', name], { input: both, timeout }),
      ),
    ];
    const failed = (await Promise.all(runs)).filter(({ status }) => status !== 0);
    expect(failed).toEqual([]);
    expect(fieldsOf('passwd', 0).filter(isMade).sort()).toEqual([...fresh, ...ours, ...theirs].sort());
    expect(fieldsOf('group', 0).filter(isMade)).toHaveLength(200);
    expect(new Set(fieldsOf('passwd', 2)).size).toBe(fieldsOf('passwd', 2).length);
    const states = new Map(
      fieldsOf('shadow', 0).map((name, index) => [name, passwordState(fieldsOf('shadow', 1)[index] ?? '')]),
    );
    expect(fresh.filter((name) => states.get(name) !== 'none')).toEqual([]);
    expect([...ours, ...theirs].filter((name) => states.get(name) !== 'set')).toEqual([]);
  });

  test('leave files that the tools of the tree find nothing to say of', async () => {
    for (const check of ['pwck', 'grpck']) {
      const { status, out } = await sandbox.virtexec(['--domain', domain, check, '-r']);
      // 2 is pwck's for a home that is not there, which is the tree's from the first.
      expect([
        check,
        out.includes('new') || out.includes('ours') || out.includes('invalid'),
        status === 0 || status === 2,
      ]).toEqual([check, false, true]);
    }
  });

  /** Every line of the file must be whole. */
  function fieldsOf(file: 'passwd' | 'group' | 'shadow', field: number): readonly string[] {
    const text = readFileSync(join(sandbox.root, domain, 'etc', file), 'latin1');
    const lines = listAccounts(file, text);
    expect(lines).toHaveLength(text.trimEnd().split('\n').length);
    return lines.map((fields) => fields[field] ?? '');
  }
});

function isMade(name: string): boolean {
  return /^(?:new|ours|theirs)\d+$/u.test(name);
}
