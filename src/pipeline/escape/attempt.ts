import type { EscapeOutcome, EscapeRow } from '../../domain/escape-report.ts';
import type { CallAnswer, RemoteProcess } from './remote-process.ts';
import type { Scene } from './set-scene.ts';

export type Outcome = EscapeOutcome;

export interface Attempt {
  /** What is tried, as a table's row: `climb out by a second chroot`. */
  readonly name: string;
  /** What who gets through has: `every file of the host`. */
  readonly gives: string;
  readonly type: EscapeRow['type'];
  /** The version of Landlock that stops it, where nothing else does. */
  readonly landlock?: 2 | 6;
  readonly run: (scene: Scene) => Promise<Outcome>;
}

/** Errors by which the kernel refuses. ENOSYS: it has no such call, or is told to say so. */
const refusals = ['EPERM', 'EACCES', 'ENOSYS', 'EROFS'];

/**
 * The outcome of a call that is asked for in a way it cannot be carried out, so that it does no harm: `permitted` are
 * the errors it ends with once the kernel has found that it may be carried out.
 */
export function judge(call: string, { error }: CallAnswer, permitted: readonly string[] = []): Outcome {
  if (error === undefined) return through(`${call} was carried out`);
  if (permitted.includes(error) && !refusals.includes(error)) return through(`${call} was permitted`);
  return blocked(`${call}: ${error}`);
}

export function blocked(how: string): Outcome {
  return { type: 'blocked', how };
}

export function through(how: string): Outcome {
  return { type: 'through', how };
}

export function untested(how: string): Outcome {
  return { type: 'untested', how };
}

/** The first attempt of several that got through, else the first. */
export async function tryAll(attempts: readonly (() => Promise<Outcome>)[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const attempt of attempts) {
    const outcome = await attempt();
    if (outcome.type === 'through') return outcome;
    outcomes.push(outcome);
  }
  return outcomes.find(({ type }) => type === 'blocked') ?? outcomes[0] ?? untested('nothing to try');
}

/** open(2) for reading; never waits for the other end of a FIFO. */
export function openAt(probe: RemoteProcess, dirfd: number, path: string, flags = 0): Promise<CallAnswer> {
  const nonBlock = 0o4000;
  const noTerminal = 0o400;
  return probe.call('openat', dirfd, path, flags | nonBlock | noTerminal, 0);
}

export const currentDir = -100;

/** True when `path`, from where `dirfd` leads, is the file of the host that no tree has. */
export async function reachesCanary(scene: Scene, dirfd: number, path: string): Promise<boolean> {
  const opened = await openAt(scene.probe, dirfd, path);
  if (opened.error !== undefined) return false;
  const found = await isCanary(scene, opened.value);
  await scene.probe.call('close', opened.value);
  return found;
}

/** True when the open file `fd` of the probe is that file. */
export async function isCanary({ probe, canary }: Scene, fd: number): Promise<boolean> {
  const found = await statOpenFile(probe, fd);
  return (
    found !== undefined &&
    found.ino === canary.ino &&
    found.major === canary.major &&
    found.minor === canary.minor
  );
}

export interface FileIdentity {
  readonly ino: bigint;
  /** Of the disk it is on. */
  readonly major: number;
  readonly minor: number;
}

/** What the open file `fd` of the probe is (statx(2)). */
export async function statOpenFile(probe: RemoteProcess, fd: number): Promise<FileIdentity | undefined> {
  const [emptyPath, wantIno] = [0x1000, 0x100];
  const stat = await probe.call('statx', fd, '', emptyPath, wantIno, Buffer.alloc(256));
  if (stat.error !== undefined) return undefined;
  const bytes = stat.data(4);
  return {
    ino: bytes.readBigUInt64LE(32),
    major: bytes.readUInt32LE(136),
    minor: bytes.readUInt32LE(140),
  };
}

/** `path` of the host, from wherever one is: up further than any tree is deep, and down again. */
export function climbTo(path: string): string {
  return `${'../'.repeat(64)}${path.slice(1)}`;
}
