import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isErrno } from '../../../src/errors/virtfs-error.ts';
import { expectSettled } from '../../support/expect-settled.ts';
import { needs } from '../../support/needs.ts';
import { runAlone } from '../../support/run-alone.ts';
import { outOf } from '../../support/sandbox.ts';
import { bobsFile, bobsText, forEachBob, makeTwoBobs, type TwoBobs } from '../../support/two-bobs.ts';

const wanted = ['smbd', 'smbclient'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('smbd in trees of the profile smb', () => {
  let bobs: TwoBobs;

  beforeAll(async () => {
    bobs = await makeTwoBobs('smb');
    for (const { domain, password } of bobs.places) {
      const words = ['--domain', domain, 'smbpasswd', '-s', '-a', 'bob'];
      outOf(await bobs.sandbox.virtexec(words, { input: `${password}\n${password}\n` }));
    }
    await bobs.serve(445, ['/usr/sbin/smbd']);
  });
  afterAll(async () => await bobs[Symbol.asyncDispose]());

  test('lets each bob in by his own password alone, and to his own files', async () => {
    await forEachBob(bobs, async ({ domain, address, password, otherPassword }) => {
      const get = (secret: string) =>
        runAlone(['smbclient', `//${address}/bob`, '-U', `bob%${secret}`, '-c', `get ${bobsFile} -`]);
      expect(await get(password)).toMatchObject({ status: 0, out: bobsText(domain) });
      const { status, out } = await get(otherPassword);
      expect([status, out]).toEqual([1, expect.stringContaining('NT_STATUS_LOGON_FAILURE')]);
    });
  });

  test('ends its own processes and nobody else’s, and leaves none behind', async () => {
    const [{ address, password }] = bobs.places;
    const dir = ['smbclient', `//${address}/bob`, '-U', `bob%${password}`, '-c', 'dir'];
    // It ends by a signal to its whole process group, in which virtuald must not be.
    for (const _ of [1, 2]) expect(outOf(await runAlone(dir))).toContain(bobsFile);
    for (const end = performance.now() + 30_000; performance.now() < end; await sleep(50))
      if (listProcesses('smbd').length === 0) break;
    expect(listProcesses('smbd')).toEqual([]);
  });

  test('needs nothing that an update or a check would complain of', async () => {
    await expectSettled(bobs.sandbox);
  });
});

/** Numbers of the processes of one name, without those that have ended and wait to be buried. */
function listProcesses(name: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid)) return false;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.includes(`(${name}) `) && !stat.includes(') Z ');
    } catch (error) {
      // It ended between the two looks.
      if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return false;
      throw error;
    }
  });
}
