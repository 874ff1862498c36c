import { Interrupted } from '../errors/interrupted.ts';
import type { Io } from './io.ts';

/**
 * The outside world as this process has it. Every part is made when it is first asked for: `--version` needs one
 * stream and no signal.
 */
export function processIo(env: NodeJS.ProcessEnv): Io {
  let stop: AbortController | undefined;
  let brokenStream: unknown;
  const abort = (reason: unknown): void => {
    brokenStream ??= reason;
    stop?.abort(reason);
  };
  const stdout = guardedStream('stdout', abort);
  const stderr = guardedStream('stderr', abort);
  return {
    out: (line) => void stdout().write(`${line}\n`),
    err: (line) => void stderr().write(`${line}\n`),
    env,
    get interactive() {
      return isTerminal(0) && isTerminal(2);
    },
    get outIsTerminal() {
      return isTerminal(1);
    },
    get errIsTerminal() {
      return isTerminal(2);
    },
    get columns() {
      return (isTerminal(1) ? process.stdout.columns : isTerminal(2) ? process.stderr.columns : 0) || 80;
    },
    get color() {
      return isTerminal(2) && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
    },
    get signal() {
      if (!stop) {
        stop = new AbortController();
        takeSignals(abort);
        if (brokenStream !== undefined) stop.abort(brokenStream);
      }
      return stop.signal;
    },
  };
}

/** The stream, watched from its first use on: a reader that went away ends the program as SIGPIPE would, 141. */
function guardedStream(
  name: 'stdout' | 'stderr',
  abort: (reason: unknown) => void,
): () => NodeJS.WriteStream {
  let stream: NodeJS.WriteStream | undefined;
  return () => {
    if (stream === undefined) {
      stream = process[name];
      stream.on('error', (error: NodeJS.ErrnoException) => {
        const isPipe = error.code === 'EPIPE';
        process.exitCode = isPipe ? 141 : 74;
        if (isPipe) abort(new Interrupted('SIGPIPE'));
        else if (name === 'stdout')
          process.stderr.write(`virtfs: cannot write to standard output: ${error.message} [IO_ERROR]\n`);
      });
    }
    return stream;
  };
}

function takeSignals(abort: (reason: Interrupted) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Not `once`: the task list's cursor guard raises a signal again that nobody else listens to.
    process.on(signal, () => abort(new Interrupted(signal)));
  }
}

/** node:tty is loaded here and not above: it brings node:net along. */
function isTerminal(fd: 0 | 1 | 2): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd);
}
