import { chmodSync, chownSync, constants, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readCapabilities } from '../../src/linux/capabilities.ts';
import { withFileIdentity } from '../../src/linux/file-identity.ts';
import { createFileAt, openBeneath } from '../../src/linux/files.ts';
import { needs } from '../support/needs.ts';
import { runDriver } from '../support/run-driver.ts';
import { sandboxTest as test } from '../support/trees-root.ts';

const bob = { uid: 200_001, gid: 200_002, groups: [200_002, 200_003] };
const script = new URL('../support/identity-driver.ts', import.meta.url).pathname;

describe.runIf(needs('root'))('withFileIdentity', () => {
  test('makes files that belong to the user', ({ sandbox }) => {
    chmodSync(sandbox.disk, 0o777);
    const disk = openSync(sandbox.disk, 'r');
    withFileIdentity(bob, () => createFileAt(disk, 'file', 0o600));
    expect(statSync(join(sandbox.disk, 'file'))).toMatchObject({ uid: 200_001, gid: 200_002 });
  });

  test('reads what the user and groups may read, and nothing else', ({ sandbox }) => {
    const disk = openSync(sandbox.disk, 'r');
    const file = join(sandbox.disk, 'file');
    writeFileSync(file, 'secret');
    const open = () => openBeneath(disk, 'file', constants.O_RDONLY);
    for (const [gid, mode, code] of [
      [0, 0o640, 'EACCES'],
      [200_003, 0o640, undefined],
      [200_003, 0o600, 'EACCES'],
    ] as const) {
      chownSync(file, 0, gid);
      chmodSync(file, mode);
      expect(withFileIdentity(bob, () => codeOf(open))).toBe(code);
      expect(codeOf(open)).toBeUndefined();
    }
  });

  test('has no capability in effect meanwhile, and all of them afterwards', () => {
    const before = readCapabilities();
    expect(withFileIdentity(bob, readCapabilities).effective).toBe(0n);
    expect(readCapabilities()).toEqual(before);
  });

  test('is root again after what was done failed', ({ sandbox }) => {
    const file = join(sandbox.disk, 'file');
    const fail = () => {
      throw new Error('failed');
    };
    expect(() => withFileIdentity(bob, fail)).toThrow('failed');
    writeFileSync(file, '');
    expect(statSync(file)).toMatchObject({ uid: 0, gid: 0 });
  });

  test.for([
    { uid: 0, gid: 5, groups: [] },
    { uid: 5, gid: 0, groups: [] },
    { uid: 5, gid: 5, groups: [5, 0] },
  ])('refuses what is root’s: %o', (identity) => {
    expect(() => withFileIdentity(identity, () => undefined)).toThrow('root’s own');
  });

  test.for(['main', 'worker'])('ends the process when its %s thread cannot be root again', async (thread) => {
    expect(await runDriver({ script, words: { ...bob, thread } })).toMatchObject({ signal: 'SIGABRT' });
  });

  test('fails, and goes on, for somebody who is not root', async () => {
    const end = await runDriver({ script, words: { ...bob, from: 65_534 } });
    expect(end).toMatchObject({ signal: null, code: 'Error' });
    expect(end.stderr).toContain('EPERM');
  });
});

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
