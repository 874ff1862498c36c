import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/** A shell command running on a terminal of its own, by script(1). */
export interface TerminalRun {
  /** All it has drawn so far, escape sequences and all. */
  readonly screen: () => string;
  /** Waits until `text` has been drawn. */
  readonly shows: (text: string) => Promise<void>;
  /** Presses keys. */
  readonly type: (keys: string) => void;
  /** Presses keys again and again until `text` has been drawn: a menu takes none while it searches. */
  readonly typeUntil: (keys: string, text: string) => Promise<void>;
  /** Waits for its end; resolves to the exit status. */
  readonly ended: () => Promise<number | null>;
}

/** Starts `command` with sh on a new terminal. `words` are its $0, $1 … */
export function runOnTerminal(
  command: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): TerminalRun {
  const quoted = ['sh', '-c', command, ...words]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ');
  const child = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', `exec ${quoted}`, '/dev/null'],
    {
      env: { PATH: process.env.PATH, TERM: 'xterm', VIRTFS_CONFIG_DIR: '/nonexistent', ...env },
    },
  );
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const exit = once(child, 'exit');
  const shows = (text: string) =>
    waitFor(
      child,
      () => screen.includes(text),
      () => `${text} is not on the screen: ${screen}`,
    );
  return {
    screen: () => screen,
    shows,
    type: (keys) => void child.stdin.write(keys),
    typeUntil: async (keys, text) => {
      const type = () => void child.stdin.write(keys);
      type();
      const again = setInterval(type, 200);
      await shows(text).finally(() => clearInterval(again));
    },
    ended: async () => (await exit)[0] as number | null,
  };
}

async function waitFor(
  child: ChildProcessWithoutNullStreams,
  holds: () => boolean,
  complain: () => string,
): Promise<void> {
  while (!holds()) {
    if (child.exitCode !== null) throw new Error(complain());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
