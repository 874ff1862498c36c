import { describe, expect, test } from 'vitest';
import { parseStraceLine } from '../../../src/host/parse-strace-line.ts';

const none = '= -1 ENOENT (No such file or directory)';

describe('parseStraceLine', () => {
  // biome-ignore format: a table
  test.for<[line: string, call: object]>([
    [`7 openat(AT_FDCWD</v/a/etc>, "x", O_RDONLY|O_CLOEXEC) ${none}`, { name: 'openat', path: 'x', folder: '/v/a/etc', outcome: 'not there', creates: false }],
    [`7 newfstatat(3</v/a/usr>, "y", 0x7f, 0) = 0`,                   { name: 'newfstatat', path: 'y', folder: '/v/a/usr', outcome: 'done' }],
    [`7 open("/z", O_RDWR|O_CREAT, 0666) ${none}`,                    { name: 'open', path: '/z', folder: undefined, outcome: 'not there', creates: true }],
    [`7 access("/p", R_OK)      = -1 EACCES (Permission denied)`,     { path: '/p', outcome: 'other' }],
    [`7 execve("/usr/bin/a", ["a"], 0x7f /* 9 vars */) = 0`,          { name: 'execve', path: '/usr/bin/a', outcome: 'done' }],
    [`7 fchdir(5</v/a/var>)                     = 0`,                 { name: 'fchdir', path: undefined, folder: '/v/a/var', outcome: 'done' }],
    [`7 openat(AT_FDCWD</v>, "/q", O_RDONLY) = 3</v/q>`,              { path: '/q', outcome: 'done' }],
    [String.raw`7 stat("/\303\274\t\"\\\1772", 0x7f) = 0`,            { path: '/ü\t"\\\u007f2' }],
  ])('reads %s', ([line, call]) => {
    expect(parseStraceLine(line)).toEqual({ type: 'call', pid: 7, call: expect.objectContaining(call) });
  });

  // biome-ignore format: a table
  test.for<[what: string, line: string]>([
    ['a line without a number',    `open("/a", 0) = 3`],
    ['a name that was cut',        `7 open("/a"..., 0) ${none}`],
    ['a name that is not UTF-8',   String.raw`7 open("/\377", 0) = 3`],
    ['a name with a zero',         String.raw`7 open("/a\0b", 0) = 3`],
    ['a name it could not read',   `7 open(0x7ffe, O_RDONLY) ${none}`],
    ['a call that makes a folder', `7 mkdir("/a", 0777) ${none}`],
    ['a folder without a name',    `7 openat(3, "a", 0) ${none}`],
    ['a failed fork',              '7 vfork() = -1 EAGAIN (Resource temporarily unavailable)'],
    ['no line at all',             ''],
  ])('passes over %s', ([, line]) => {
    expect(parseStraceLine(line)).toBeUndefined();
  });

  test('takes the outcome from the end of the line, whatever a program writes into its names', () => {
    const forged = `7 execve("/a", ["x) ${none}"], 0x7f /* 1 var */) = 0`;
    expect(parseStraceLine(forged)).toMatchObject({ call: { path: '/a', outcome: 'done' } });
    const ended = '7 open("+++ exited with 0 +++", 0) = 3';
    expect(parseStraceLine(ended)).toMatchObject({ type: 'call' });
    const resumed = '7 open("<... open resumed>", 0) = 3';
    expect(parseStraceLine(resumed)).toMatchObject({ type: 'call' });
  });

  test('tells of processes that begin, go on and end', () => {
    expect(parseStraceLine('7 clone(child_stack=NULL, flags=SIGCHLD) = 9')).toEqual({
      type: 'fork',
      pid: 7,
      child: 9,
    });
    expect(parseStraceLine('7 vfork( <unfinished ...>')).toMatchObject({ type: 'begun', forks: true });
    expect(parseStraceLine('7 <... vfork resumed>) = 9')).toEqual({ type: 'resumed', pid: 7, rest: ') = 9' });
    expect(parseStraceLine('7 +++ exited with 1 +++')).toEqual({ type: 'ended', pid: 7 });
  });
});
