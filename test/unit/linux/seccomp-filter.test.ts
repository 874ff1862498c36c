import { describe, expect, test } from 'vitest';
import { encodeSeccompFilter } from '../../../src/linux/seccomp-filter.ts';
import { runBpf } from '../../support/run-bpf.ts';

const x64 = 0xc000003e;
const i386 = 0x40000003;
const arm64 = 0xc00000b7;
const [eperm, enosys] = [1, 38];
const tiocsti = 0x5412n;

const filter = encodeSeccompFilter({ arch: 'x64', signalsScoped: true });
const onX64 = (number: number, ...args: bigint[]) => runBpf(filter, { number, arch: x64, args });

describe('the seccomp filter', () => {
  test.each([
    ['read', 0],
    ['execve', 59],
    ['setresuid', 117],
    ['prctl', 157],
    ['close_range', 436],
  ])('lets %s pass', (_name, number) => {
    expect(onX64(number)).toBe('allow');
  });

  test.each([
    ['mount', 165],
    ['umount2', 166],
    ['setns', 308],
    ['keyctl', 250],
    ['bpf', 321],
    ['open_by_handle_at', 304],
    ['io_uring_setup', 425],
    ['move_mount', 429],
    ['finit_module', 313],
    ['kexec_file_load', 320],
    ['syslog', 103],
  ])('denies %s', (_name, number) => {
    expect(onX64(number)).toBe(eperm);
  });

  test('denies typing into a terminal, whatever the upper half of the request is', () => {
    expect(onX64(16, 0n, tiocsti)).toBe(eperm);
    expect(onX64(16, 0n, tiocsti | (1n << 40n))).toBe(eperm);
    expect(onX64(16, 0n, 0x541cn)).toBe(eperm);
  });

  test('lets other requests of a terminal pass', () => {
    expect(onX64(16, tiocsti, 0x5401n)).toBe('allow');
  });

  test('denies limits of other processes, and lets those of the caller pass', () => {
    expect(onX64(302, 1n)).toBe(eperm);
    expect(onX64(302, 0n)).toBe('allow');
    // A pid is what the lower half says.
    expect(onX64(302, 1n << 40n)).toBe('allow');
    expect(runBpf(filter, { number: 340, arch: i386, args: [1n] })).toBe(eperm);
  });

  test('denies leases on files, and lets the other things of fcntl pass', () => {
    const on32 = (number: number, command: bigint) =>
      runBpf(filter, { number, arch: i386, args: [3n, command] });
    expect(onX64(72, 3n, 1024n)).toBe(eperm);
    expect(onX64(72, 1024n, 2n)).toBe('allow');
    expect([on32(55, 1024n), on32(221, 1024n), on32(221, 2n)]).toEqual([eperm, eperm, 'allow']);
  });

  test('denies new user namespaces alone', () => {
    expect(onX64(272, 0x10000000n)).toBe(eperm);
    expect(onX64(272, 0x10020000n)).toBe(eperm);
    expect(onX64(272, 0x00000200n)).toBe('allow');
    expect(onX64(56, 0x10000011n)).toBe(eperm);
    expect(onX64(56, 0x01200011n)).toBe('allow');
    expect(onX64(435)).toBe(enosys);
  });

  test('knows the numbers of 32-bit programs', () => {
    const on32 = (number: number, ...args: bigint[]) => runBpf(filter, { number, arch: i386, args });
    expect(on32(54, 0n, tiocsti)).toBe(eperm);
    expect(on32(21)).toBe(eperm);
    expect(on32(22)).toBe(eperm);
    expect(on32(165)).toBe('allow');
  });

  test('answers ENOSYS to x32 numbers and to machines it does not know', () => {
    expect(onX64(0x40000000 + 16, 0n, tiocsti)).toBe(enosys);
    expect(runBpf(filter, { number: 0, arch: arm64 })).toBe(enosys);
  });

  test('has a table for AArch64', () => {
    const own = encodeSeccompFilter({ arch: 'arm64', signalsScoped: true });
    expect(runBpf(own, { number: 29, arch: arm64, args: [0n, tiocsti] })).toBe(eperm);
    expect(runBpf(own, { number: 40, arch: arm64 })).toBe(eperm);
    expect(runBpf(own, { number: 221, arch: arm64 })).toBe('allow');
    expect(runBpf(own, { number: 16, arch: x64, args: [0n, tiocsti] })).toBe(enosys);
  });

  test('denies a signal to every process where nothing else holds it back', () => {
    const old = encodeSeccompFilter({ arch: 'x64', signalsScoped: false });
    const minusOne = 0xffffffffn;
    expect(runBpf(old, { number: 62, arch: x64, args: [minusOne, 9n] })).toBe(eperm);
    expect(runBpf(old, { number: 62, arch: x64, args: [42n, 9n] })).toBe('allow');
    expect(onX64(62, minusOne, 9n)).toBe('allow');
  });

  test('denies whatever would stop a process where nothing else holds it back', () => {
    const old = encodeSeccompFilter({ arch: 'x64', signalsScoped: false });
    const [stop, setSignal] = [19n, 10n];
    const waysTo = (signal: bigint) => [
      { number: 62, args: [42n, signal] },
      { number: 200, args: [42n, signal] },
      { number: 234, args: [42n, 42n, signal] },
      { number: 129, args: [42n, signal] },
      { number: 297, args: [42n, 42n, signal] },
      { number: 424, args: [3n, signal] },
    ];
    for (const call of waysTo(stop)) {
      expect(runBpf(old, { ...call, arch: x64 })).toBe(eperm);
      expect(onX64(call.number, ...call.args)).toBe('allow');
    }
    for (const call of waysTo(20n)) expect(runBpf(old, { ...call, arch: x64 })).toBe('allow');
    expect(runBpf(old, { number: 72, arch: x64, args: [3n, setSignal] })).toBe(eperm);
    expect(onX64(72, 3n, setSignal)).toBe('allow');
  });
});
