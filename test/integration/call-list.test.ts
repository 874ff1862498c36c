import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallList, type ListedCall } from '../../src/linux/call-list.ts';
import { callListCode } from '../../src/linux/call-list-code.ts';
import { encodeStrings } from '../../src/linux/encode-strings.ts';
import { ownSyscallNumber } from '../../src/linux/syscall-numbers.ts';
import { waitForPidfd } from '../../src/linux/wait-child.ts';
import { needs } from '../support/needs.ts';
import { listChildren } from '../support/process-facts.ts';
import { cString, finish, startWell } from '../support/start-calls.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const hasCrossTools = ['aarch64-linux-gnu-as', 'aarch64-linux-gnu-objcopy'].every(isOnPath);

describe('The machine code of a list of calls', () => {
  test.runIf(needs({ program: 'as' }, { program: 'objcopy' }) && process.arch === 'x64')(
    'is what the assembler makes of its source for x86-64',
    () => {
      expect(assemble('call-list-x64.s', '')).toBe(callListCode.x64);
    },
  );

  // On any other machine the assembler is a package of its own: binutils-aarch64-linux-gnu.
  const prefix = process.arch === 'arm64' ? '' : 'aarch64-linux-gnu-';
  test.runIf(prefix === '' || hasCrossTools)('is what the assembler makes of its source for AArch64', () => {
    expect(assemble('call-list-arm64.s', prefix)).toBe(callListCode.arm64);
  });
});

describe('A list of calls', () => {
  const exit = (status: number): ListedCall => run('/bin/sh', ['sh', '-c', `exit ${status}`]);

  test('ends with the program, whose end its descriptor tells', () => {
    expect(finish(startWell(new CallList([exit(7)])))).toEqual({ status: 7, bySignal: false });
  });

  test('runs the first of several programs that is there', () => {
    const list = new CallList([run('/nonexistent'), run('/etc/passwd'), exit(5), exit(6)]);
    expect(finish(startWell(list))).toEqual({ status: 5, bySignal: false });
  });

  test('says of several programs what was wrong with the last', () => {
    const list = new CallList([run('/nonexistent'), run('/etc/passwd')]);
    expect(list.start()).toEqual({ step: 'run /etc/passwd', code: 'EACCES' });
  });

  test('takes other arguments from one start to the next', () => {
    const list = new CallList([run('/bin/sh', ['sh', '-c', 'exit $STATUS'])]);
    const seen = [3, 4].map((status) => {
      list.set(0, 2, encodeStrings([Buffer.from(`STATUS=${status}`)]));
      return finish(startWell(list)).status;
    });
    expect(seen).toEqual([3, 4]);
  });

  test('leaves neither a zombie nor a descriptor of a child that failed', () => {
    const list = new CallList([run('/nonexistent')]);
    list.start();
    const before = census();
    for (let round = 0; round < 200; round++) {
      expect(list.start()).toEqual({ step: 'run /nonexistent', code: 'ENOENT' });
    }
    expect(census()).toEqual(before);
  });

  test('leaves nothing of 2,000 children', () => {
    const list = new CallList([run('/bin/true')]);
    finish(startWell(list));
    const before = census();
    for (let round = 0; round < 2000; round++) finish(startWell(list));
    expect(census()).toEqual(before);
  });

  test('blocks no signal of the thread for longer than a start', () => {
    const list = new CallList([exit(0)]);
    const failing = new CallList([run('/nonexistent')]);
    const before = blockedSignals();
    finish(startWell(list));
    failing.start();
    expect(blockedSignals()).toBe(before);
  });

  test('stays where it is, whatever the garbage collector moves', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const script = 'test "$A$B" = "$1"; exit $?';
    for (let round = 0; round < 40; round++) {
      const litter = Array.from({ length: 20_000 }, (_, index) => ({ text: `${round} ${index}` }));
      const list = new CallList([run('/bin/sh', ['sh', '-c', script, 'sh', `${round}-${round}`])]);
      list.set(0, 2, encodeStrings([Buffer.from(`A=${round}-`), Buffer.from(`B=${round}`)]));
      litter.length = 0;
      collect();
      expect(finish(startWell(list)).status).toBe(0);
    }
  });

  test('starts children while signals rain on the one who starts them', async () => {
    let caught = 0;
    const count = () => {
      caught += 1;
    };
    process.on('SIGUSR2', count);
    const rain = `while kill -USR2 ${process.pid} 2>/dev/null && kill -CHLD ${process.pid}; do :; done`;
    const clouds = startWell(new CallList([run('/bin/sh', ['sh', '-c', rain])]));
    try {
      const list = new CallList([exit(0)]);
      for (let round = 0; round < 300; round++) {
        expect(finish(startWell(list))).toEqual({ status: 0, bySignal: false });
        if (round % 50 === 0) await new Promise(setImmediate);
      }
      expect(caught).toBeGreaterThan(0);
    } finally {
      process.kill(clouds.pid, 'SIGKILL');
      waitForPidfd(clouds.pidfd);
      process.off('SIGUSR2', count);
    }
  });
});

function run(path: string, args: readonly string[] = [path]): ListedCall {
  const words = encodeStrings(args.map((word) => Buffer.from(word)));
  const call = { name: `run ${path}`, number: ownSyscallNumber('execve') };
  return { ...call, args: [cString(path), words, encodeStrings([])], mayFail: true };
}

function census(): { readonly descriptors: readonly string[]; readonly children: readonly number[] } {
  const children = listChildren(process.pid).map(({ pid }) => pid);
  return { descriptors: readdirSync('/proc/self/fd').toSorted(), children };
}

function blockedSignals(): string | undefined {
  return /^SigBlk:.*$/mu.exec(readFileSync('/proc/thread-self/status', 'latin1'))?.[0];
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtfs-asm-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function assemble(source: string, prefix: string): string {
  const [object, code] = [join(folder, `${source}.o`), join(folder, `${source}.bin`)];
  execFileSync(`${prefix}as`, ['-o', object, join(fixtures, source)]);
  execFileSync(`${prefix}objcopy`, ['-O', 'binary', '--only-section=.text', object, code]);
  return readFileSync(code).toString('hex');
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((dir) => {
    try {
      return readdirSync(dir).includes(program);
    } catch {
      // A folder of PATH that is not there.
      return false;
    }
  });
}
