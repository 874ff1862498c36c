import { describe, expect, test } from 'vitest';
import { TracedLookups } from '../../../src/host/traced-lookups.ts';

const none = '= -1 ENOENT (No such file or directory)';
const entered = ['1 chroot(".") = 0', '1 execve("/bin/sh", ["sh"], 0x1 /* 1 var */) = 0'];

function trace(lines: readonly string[]): TracedLookups {
  const lookups = new TracedLookups('/v/a.example', 1);
  for (const line of lines) lookups.note(line);
  return lookups;
}

function missedPaths(lines: readonly string[]): readonly string[] {
  return trace([...entered, ...lines]).missed.map(({ path }) => path);
}

describe('TracedLookups', () => {
  test('notes nothing that virtexec looked for on its way in', () => {
    const lookups = trace([`1 open("/host", 0) ${none}`, ...entered, `1 open("/inside", 0) ${none}`]);
    expect(lookups.missed.map(({ path }) => path)).toEqual(['/inside']);
    expect(lookups.hasStarted).toBe(true);
  });

  test('notes where a program was looked for that was not found, and only then', () => {
    const looked = ['1 chroot(".") = 0', `1 statx(AT_FDCWD</v/a.example>, "/bin/x", 0, 0, 0x1) ${none}`];
    expect(trace(looked).missed).toEqual([{ path: '/bin/x', toRun: false, foundElsewhere: false }]);
    expect(trace(looked).hasStarted).toBe(false);
    expect(trace([...looked, entered[1] ?? '']).missed).toEqual([]);
  });

  test('takes no chroot for the one of virtexec that failed or is of another process', () => {
    expect(
      trace(['1 chroot("/x") = -1 EPERM (Operation not permitted)', `1 open("/a", 0) ${none}`]).missed,
    ).toEqual([]);
    expect(trace(['2 chroot(".") = 0', `1 open("/a", 0) ${none}`]).missed).toEqual([]);
    expect(trace([...entered.slice(0, 1), `2 open("/a", 0) ${none}`]).missed).toEqual([]);
  });

  test('finds what a relative name means by the folder of each process', () => {
    expect(
      missedPaths([
        '1 chdir("/etc") = 0',
        `1 open("a", 0) ${none}`,
        '1 fork() = 2',
        `2 open("../b", 0) ${none}`,
        '2 fchdir(3</v/a.example/usr>) = 0',
        `2 stat("c", 0x1) ${none}`,
        `1 open("./d//e", 0) ${none}`,
        '1 chdir("/gone") = -1 ENOENT (No such file or directory)',
        `1 open("f", 0) ${none}`,
      ]),
    ).toEqual(['/etc/a', '/b', '/usr/c', '/etc/d/e', '/gone', '/etc/f']);
  });

  test('gives a child that speaks before its parent has heard of it the folder of the parent', () => {
    expect(
      missedPaths([
        '1 chdir("/etc") = 0',
        '1 vfork( <unfinished ...>',
        `2 open("a", 0) ${none}`,
        '1 <... vfork resumed>) = 2',
      ]),
    ).toEqual(['/etc/a']);
  });

  test('puts a call together that another process interrupted', () => {
    expect(
      missedPaths([
        '1 open("/a", 0 <unfinished ...>',
        `2 open("/b", 0) ${none}`,
        `1 <... open resumed>) ${none}`,
      ]),
    ).toEqual(['/b', '/a']);
    expect(missedPaths([`1 <... open resumed>) ${none}`])).toEqual([]);
  });

  test('starts no relative name from a folder outside of the tree', () => {
    expect(missedPaths([`1 openat(AT_FDCWD</v/b.example>, "a", 0) ${none}`])).toEqual([]);
    expect(missedPaths([`1 openat(AT_FDCWD</v/a.example.org>, "a", 0) ${none}`])).toEqual([]);
  });

  test('notes no file that a program was about to make', () => {
    expect(missedPaths([`1 open("/a", O_WRONLY|O_CREAT, 0666) ${none}`])).toEqual([]);
  });

  test('tells the steps of a search from what is missing', () => {
    const lookups = trace([
      ...entered,
      `1 stat("/sbin/ls", 0x1) ${none}`,
      '1 stat("/bin/ls", {...}) = 0',
      `1 stat("/etc/rc", 0x1) ${none}`,
      '2 stat("/home/rc", {...}) = 0',
      ...Array.from({ length: 100 }, (_, index) => `1 stat("/n${index}", 0x1) = 0`),
      '1 stat("/usr/rc", {...}) = 0',
    ]);
    expect(lookups.missed).toEqual([
      { path: '/sbin/ls', toRun: false, foundElsewhere: true },
      { path: '/etc/rc', toRun: false, foundElsewhere: false },
    ]);
  });

  test('knows who is still running', () => {
    const lookups = trace([...entered, '1 fork() = 2', '2 open("/a", 0) = 3', '1 +++ exited with 0 +++']);
    expect([...lookups.running]).toEqual([2]);
  });

  test('keeps an end to what it keeps', () => {
    const lookups = trace(entered);
    for (let index = 0; index < 20_005; index++) lookups.note(`1 open("/${index}", 0) ${none}`);
    expect(lookups.missed).toHaveLength(20_000);
    expect(lookups.dropped).toBe(5);
  });
});
