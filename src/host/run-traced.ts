import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { isErrno } from '../errors/virtfs-error.ts';
import { setOpenFileLimit } from '../linux/open-file-limit.ts';
import { makePipe } from '../linux/pipe.ts';
import { LineSplitter } from './line-splitter.ts';
import { readCallerOpenFiles } from './read-caller-open-files.ts';

export interface TracedRun {
  /** The path of strace(1). */
  readonly strace: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where what the program writes to its standard output goes. */
  readonly out: 'standard output' | 'standard error';
  /** Told the number of the process before any line. */
  readonly onStart: (pid: number) => void;
  readonly onLine: (line: string) => void;
}

export interface TracedEnd {
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** No call on a file is longer: the longest path is 4096 bytes, each at most four characters to strace. */
const longestLine = 65_536;

/** How long the tracer may go on telling of what outlived the program, in milliseconds. */
const patience = 500;

/**
 * Runs a command with our own input and output while strace tells of its calls on files, by a pipe that nothing of the
 * command gets. The command is our child and in our process group: keys, signals and its end are its own. What it leaves
 * running goes on untraced.
 */
export async function runTraced({
  strace,
  command,
  env,
  out,
  onStart,
  onLine,
}: TracedRun): Promise<TracedEnd> {
  // The program is to have the limit our caller had, and virtexec asks us for it.
  const limit = readCallerOpenFiles();
  if (limit !== undefined) setOpenFileLimit(limit);
  const { readFd, writeFd } = makePipe();
  const told = new Socket({ fd: readFd, readable: true, writable: false });
  // As a process group of its own (-DD), strace does not get what is typed; -I2 lets it be stopped.
  const options = ['-DD', '-I2', '-f', '-q', '-y', '-e', `trace=${calls}`];
  const words = [...options, '-o', '/proc/self/fd/3', '--', ...command];
  const stdio = ['inherit', out === 'standard output' ? 'inherit' : 2, 'inherit', writeFd] as const;
  const child = spawn(strace, words, { stdio: [...stdio], env });
  closeSync(writeFd);
  const reading = readLines(told, onLine);
  const relay = (signal: NodeJS.Signals): void => void child.kill(signal);
  const ignore = (): void => {};
  // Ctrl-C reaches the program by itself.
  process.on('SIGINT', ignore);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, relay);
  try {
    if (child.pid !== undefined) onStart(child.pid);
    let tracer: number | undefined;
    told.once('data', () => {
      tracer = readTracer(child.pid ?? 0);
    });
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const over = await Promise.race([reading.then(() => true), elapsed(patience)]);
    if (!over) {
      if (tracer !== undefined) endTracer(tracer);
      told.destroy();
    }
    return { status: status ?? undefined, signal: signal ?? undefined };
  } finally {
    told.destroy();
    process.off('SIGINT', ignore);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, relay);
  }
}

const calls = '%file,fchdir,clone,?clone3,?fork,?vfork';

async function readLines(from: Socket, onLine: (line: string) => void): Promise<void> {
  const lines = new LineSplitter(longestLine, onLine);
  // One character a byte: strace writes ASCII.
  from.setEncoding('latin1').on('data', (text: string) => lines.add(text));
  await once(from, 'close');
}

/** Who traces the process (proc_pid_status(5)). */
function readTracer(pid: number): number | undefined {
  try {
    const tracer = /^TracerPid:\s+(?<pid>\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.groups
      ?.pid;
    return tracer === undefined || tracer === '0' ? undefined : Number(tracer);
  } catch (error) {
    // It has ended.
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return undefined;
    throw error;
  }
}

function endTracer(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function elapsed(milliseconds: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), milliseconds).unref();
  });
}
