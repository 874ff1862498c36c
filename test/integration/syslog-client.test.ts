import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSyslog } from '../../src/linux/syslog.ts';
import { listenLog } from '../support/dev-log.ts';

describe('openSyslog', () => {
  let folder: string;
  let path: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtfs-log-'));
    path = join(folder, 'log');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('sends lines that a daemon knows', async () => {
    using daemon = listenLog(path);
    using log = openSyslog({ path, ident: 'x[1]' });
    expect(log.send('warning', 'one')).toBe(true);
    expect(await daemon.until('one')).toBe('<28>x[1]: one');
  });

  test('finds a daemon that made its socket anew', async () => {
    const first = listenLog(path);
    using log = openSyslog({ path, ident: 'x[1]' });
    expect(log.send('err', 'one')).toBe(true);
    first[Symbol.dispose]();
    using second = listenLog(path);
    expect(log.send('err', 'two')).toBe(true);
    expect(await second.until('two')).toBe('<27>x[1]: two');
  });

  test('finds a daemon that comes later, though it does not look for it at each line', async () => {
    using log = openSyslog({ path, ident: 'x[1]' });
    expect(log.send('err', 'nobody')).toBe(false);
    using daemon = listenLog(path);
    while (!log.send('err', 'there')) await sleep(50);
    expect(await daemon.until('there')).toBe('<27>x[1]: there');
  });

  test('stays with the daemon it has where it must not look for another', () => {
    const first = listenLog(path);
    using log = openSyslog({ path, ident: 'x[1]', reconnects: false });
    expect(log.send('err', 'one')).toBe(true);
    first[Symbol.dispose]();
    using second = listenLog(path);
    expect(log.send('err', 'two')).toBe(false);
    expect(second.lines()).toEqual([]);
  });

  test.each([0, 50])('does not wait longer than %i ms for a daemon that reads nothing', (patienceMs) => {
    using daemon = listenLog(path);
    using log = openSyslog({ path, ident: 'x[1]', patienceMs });
    // Nobody reads meanwhile: this thread does not give the reader a turn.
    const taken = Array.from({ length: 2000 }, () => undefined).findIndex(
      () => !log.send('err', 'x'.repeat(900)),
    );
    expect(taken).toBeGreaterThan(0);
    expect(daemon.lines().length).toBe(taken);
    expect(log.send('err', 'there is room again')).toBe(true);
  });

  test.each<[what: string, make: (path: string) => void]>([
    ['nothing', () => {}],
    ['a file', (at) => writeFileSync(at, '')],
    ['a link that leads to itself', (at) => symlinkSync('loop', at)],
  ])('only says so where the log is %s', (what, make) => {
    const at = what.startsWith('a link') ? join(folder, 'loop') : join(folder, what.replaceAll(' ', '-'));
    make(at);
    using log = openSyslog({ path: at, ident: 'x[1]' });
    expect(log.send('err', 'hello')).toBe(false);
  });

  test('takes no path that is too long for a socket for another', () => {
    using _ = listenLog(path);
    using log = openSyslog({ path: `${'/'.repeat(120 - path.length)}${path}`, ident: 'x[1]' });
    expect(log.send('err', 'hello')).toBe(false);
  });
});
