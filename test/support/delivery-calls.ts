import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KillPoint } from './kill-command.ts';
import { type Driver, runDriver } from './run-driver.ts';

// biome-ignore format: a list
const calls = [
  'setgroups', 'setfsgid', 'setfsuid', 'capset', 'openat2', 'mkdirat', 'fstat', 'statx', 'write', 'writev', 'pwritev', 'fsync',
  'renameat2', 'unlinkat', 'close',
];

/** The calls of the thread that delivers, from the first that makes it somebody else to files, in their order. */
export async function listDeliveryCalls(
  driver: Driver,
): Promise<readonly (KillPoint & { readonly line: string })[]> {
  const folder = mkdtempSync(join(tmpdir(), 'virtfs-strace-'));
  try {
    const log = join(folder, 'log');
    const end = await runDriver(driver, [
      'strace',
      '-f',
      '-y',
      '-qq',
      '-o',
      log,
      '-e',
      `trace=${calls.join(',')}`,
    ]);
    if (end.status !== 0) throw new Error(end.stderr);
    return pointsOf(readFileSync(log, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pointsOf(log: string): readonly (KillPoint & { readonly line: string })[] {
  const lines = log.split('\n').map((line) => /^(\d+) +(([a-z0-9_]+)\(.*)$/u.exec(line));
  const thread = lines.find((line) => line?.[3] === 'setgroups')?.[1];
  const counts = new Map<string, number>();
  const points = lines.flatMap((found) => {
    if (!found || found[1] !== thread) return [];
    const [, , line = '', call = ''] = found;
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return [{ call, nth, line }];
  });
  return points.slice(points.findIndex(({ call }) => call === 'setgroups'));
}
