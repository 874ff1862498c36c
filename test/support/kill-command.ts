import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Driver, type DriverEnd, runDriver } from './run-driver.ts';

/** The n-th call of one name by the main thread of a driver. */
export interface KillPoint {
  readonly call: string;
  readonly nth: number;
}

/** The calls that change what is on a disk, or open for it. */
// biome-ignore format: a list
const changing = [
  'mkdir', 'mkdirat', 'openat2', 'link', 'linkat', 'symlink', 'symlinkat', 'mknodat', 'fchownat', 'fchown', 'fchmod', 'utimensat',
  'write', 'pwrite64', 'ftruncate', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir', 'flock', 'fcntl', 'syncfs', 'fsync',
  'fdatasync', 'umount2', 'mount_setattr',
];

/** Runs it undisturbed; gives the changing calls of its main thread, in order, from the first call `from` on. */
export async function listChangingCalls(driver: Driver, from = 'flock'): Promise<readonly KillPoint[]> {
  const folder = mkdtempSync(join(tmpdir(), 'virtfs-strace-'));
  try {
    const log = join(folder, 'log');
    const trace = ['-e', `trace=${known()}`];
    const end = await runDriver(driver, ['strace', '-f', '--seccomp-bpf', '-qq', '-o', log, ...trace]);
    if (end.status !== 0) throw new Error(end.stderr);
    return pointsOf(readFileSync(log, 'utf8'), from);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs it, killed when it is about to make the call. (With --seccomp-bpf, strace 6.1 sends no signal.) */
export function runDriverKilled(driver: Driver, { call, nth }: KillPoint): Promise<DriverEnd> {
  const inject = `inject=${call}:signal=KILL:when=${nth}`;
  return runDriver(driver, ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]);
}

let knownCalls: string | undefined;

/** Machines differ in the calls they have; strace refuses a name it does not know. */
function known(): string {
  knownCalls ??= changing.filter(isKnown).join(',');
  return knownCalls;
}

function isKnown(call: string): boolean {
  try {
    execFileSync('strace', ['-qq', '-o', '/dev/null', '-e', `trace=${call}`, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    // The status is the only answer strace gives.
    return false;
  }
}

function pointsOf(log: string, from: string): readonly KillPoint[] {
  const lines = log.split('\n').map((line) => /^(\d+) +([a-z0-9_]+)\(/u.exec(line));
  const main = lines.find((line) => line)?.[1];
  const counts = new Map<string, number>();
  const points = lines.flatMap((line): KillPoint[] => {
    if (!line || line[1] !== main) return [];
    const call = line[2] ?? '';
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return [{ call, nth }];
  });
  return points.slice(points.findIndex(({ call }) => call === from));
}

/**
 * A few of the points, spread over all of them, others in every run: a run takes minutes with all. With
 * VIRTFS_TEST_KILLS=all in the environment it is `all`, every call there is.
 */
export function fewOf(
  points: readonly KillPoint[],
  most: number,
  all: readonly KillPoint[] = points,
): readonly KillPoint[] {
  if (process.env.VIRTFS_TEST_KILLS === 'all') return all;
  if (points.length <= most) return points;
  const step = points.length / most;
  const offset = Math.random() * step;
  return Array.from({ length: most }, (_, index) => points[Math.floor(index * step + offset)]).filter(
    (point) => point !== undefined,
  );
}
