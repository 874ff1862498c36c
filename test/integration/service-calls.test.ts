import { closeSync, existsSync, openSync, readSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { serviceCapabilities } from '../../src/engine/drop-capabilities.ts';
import { listServiceCalls, type ServiceStart } from '../../src/engine/list-service-calls.ts';
import { type Cell, closeCell, makeCell } from '../../src/engine/make-cell.ts';
import { openTreesRoot } from '../../src/engine/open-root.ts';
import { CallList, type ListedCall } from '../../src/linux/call-list.ts';
import { encodeStrings } from '../../src/linux/encode-strings.ts';
import { makePipe } from '../../src/linux/pipe.ts';
import { ownSyscallNumber } from '../../src/linux/syscall-numbers.ts';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { finish, startWell } from '../support/start-calls.ts';

describe.runIf(needs('root', { program: 'gcc' }))('The calls that start a service', () => {
  let root: MiniRoot;
  let cell: Cell;
  let ran = '';
  const handOver = { connection: 0, error: 0 };

  beforeAll(() => {
    root = makeMiniRoot();
    ran = join(root.addTree('a.example'), 'tmp/ran');
    using trees = openTreesRoot(root.path, { make: false });
    cell = makeCell(trees, parseDomainName('a.example'));
    handOver.connection = openSync('/dev/null', 'r+');
    handOver.error = openSync('/dev/null', 'w');
  });
  afterAll(() => {
    closeCell(cell);
    for (const fd of Object.values(handOver)) closeSync(fd);
    root[Symbol.dispose]();
  });
  beforeEach(() => rmSync(ran, { force: true }));

  /** All steps there can be; its program makes a file. */
  function listCalls(words: readonly string[], more: Partial<ServiceStart> = {}): ListedCall[] {
    const { calls, environmentAt } = listServiceCalls({
      cell,
      identity: { uid: 70_001, gid: 70_001, groups: [70_010] },
      capabilities: serviceCapabilities & ~1n,
      noNewPrivileges: true,
      nice: 1,
      limits: [{ resource: 7, soft: 64n, hard: 64n }],
      ownSignals: [1, 15],
      handOver,
      candidates: ['/usr/bin/probe'],
      args: ['probe', ...words].map((word) => Buffer.from(word)),
      ...more,
    });
    const environment = encodeStrings([]);
    return calls.map((call, index) =>
      environmentAt.includes(index) ? { ...call, args: [...call.args.slice(0, 2), environment] } : call,
    );
  }

  test('start it when nothing fails', () => {
    const list = new CallList(listCalls(['create', '/tmp/ran']));
    expect(finish(startWell(list))).toEqual({ status: 0, bySignal: false });
    expect(existsSync(ran)).toBe(true);
  });

  test('say which of them failed, and start nothing, whichever it is', () => {
    const calls = listCalls(['create', '/tmp/ran']);
    const steps = calls.filter(({ mayFail }) => !mayFail);
    expect(steps.length).toBeGreaterThan(15);
    for (const [index, { name }] of steps.entries()) {
      const noSuchCall = { name, number: -1, args: [] };
      expect(new CallList(calls.with(index, noSuchCall)).start()).toEqual({ step: name, code: 'ENOSYS' });
      expect(existsSync(ran)).toBe(false);
    }
  });

  test('say that its program is missing, and where it is none', () => {
    const start = (candidates: readonly string[]) => new CallList(listCalls([], { candidates })).start();
    const step = 'run the program';
    expect(start(['/bin/none', '/sbin/none'])).toEqual({ step, code: 'ENOENT' });
    expect(start(['/bin/none', '/etc'])).toEqual({ step, code: 'EACCES' });
  });

  test('leave a signal for the child to the child, though who starts it catches that', async () => {
    let caught = 0;
    const count = () => {
      caught += 1;
    };
    process.on('SIGTERM', count);
    try {
      const { SIGTERM } = constants.signals;
      const itself = { name: 'signal its group', number: ownSyscallNumber('kill'), args: [0, SIGTERM] };
      const calls = listCalls(['create', '/tmp/ran']);
      const list = new CallList(calls.toSpliced(1, 0, itself as ListedCall));
      expect(finish(startWell(list))).toEqual({ status: SIGTERM, bySignal: true });
      await new Promise((done) => setTimeout(done, 50));
      expect(caught).toBe(0);
    } finally {
      process.off('SIGTERM', count);
    }
  });

  test('leave it three descriptors, and no right of the one who starts it', () => {
    const { readFd, writeFd } = makePipe();
    try {
      const start = (words: readonly string[]) => {
        const list = new CallList(listCalls(words, { handOver: { ...handOver, connection: writeFd } }));
        expect(finish(startWell(list)).status).toBe(0);
        const bytes = Buffer.alloc(16_384);
        return bytes.toString('latin1', 0, readSync(readFd, bytes));
      };
      expect(start(['fds'])).toBe('0\n1\n2\n');
      const status = start(['file', '/proc/self/status']);
      for (const name of ['Uid', 'Gid']) expect(status).toMatch(new RegExp(`^${name}:(\\s+70001){4}$`, 'mu'));
      expect(status).toMatch(/^Groups:\s+70010\s*$/mu);
      for (const set of ['Inh', 'Prm', 'Eff', 'Amb'])
        expect(status).toMatch(new RegExp(`^Cap${set}:\\s+0+$`, 'mu'));
      expect(status).toMatch(/^CapBnd:\s+[0-9a-f]+[02468ace]$/mu);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/mu);
    } finally {
      for (const fd of [readFd, writeFd]) closeSync(fd);
    }
  });
});
