import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInstalled, type Installed } from './installed.ts';
import { runOnTerminal, type TerminalRun } from './on-terminal.ts';
import { type AloneOptions, runAlone } from './run-alone.ts';
import type { Ended } from './run-virtexec.ts';

/** An empty root of trees on a tmpfs of its own, and the installed programs that work on it. */
export interface Sandbox extends Disposable {
  readonly root: string;
  readonly installed: Installed;
  /** What points the programs to this root, and away from the machine's own settings. */
  readonly env: Readonly<Record<string, string>>;
  readonly virtfs: (words: readonly string[], options?: AloneOptions) => Promise<Ended>;
  readonly virtexec: (words: readonly string[], options?: AloneOptions) => Promise<Ended>;
  /** Runs words of sh on a new terminal of 40 lines and 100 columns; `$virtfs` and `$virtexec` are the programs. */
  readonly onTerminal: (command: string, env?: Readonly<Record<string, string>>) => TerminalRun;
  /** What a program prints that must end well, without its last line break. */
  readonly read: (domain: string, ...words: readonly string[]) => Promise<string>;
}

/** Mounts it. Needs root. */
export function mountSandbox(): Sandbox {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-e2e-'));
  // Its tests act as other users below it.
  chmodSync(base, 0o755);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0711,size=90%', 'virtfs-e2e', base]);
  const root = join(base, 'virtual');
  const installed = findInstalled();
  const env = { VIRTFS_ROOT: root, VIRTFS_CONFIG_DIR: '/nonexistent' };
  const run =
    (program: string) =>
    (words: readonly string[], options: AloneOptions = {}) =>
      runAlone([program, ...words], { ...options, env: { ...env, ...options.env } });
  const virtexec = run(installed.virtexec);
  return {
    root,
    installed,
    env,
    virtfs: run(installed.virtfs),
    virtexec,
    onTerminal: (command, more = {}) =>
      runOnTerminal(`stty rows 40 cols 100\n${command}`, [], {
        ...env,
        virtfs: installed.virtfs,
        virtexec: installed.virtexec,
        ...more,
      }),
    read: async (domain, ...words) => outOf(await virtexec(['--domain', domain, ...words])),
    [Symbol.dispose]: () => {
      execFileSync('umount', ['--lazy', base]);
      rmSync(base, { recursive: true });
    },
  };
}

/** Standard output, without its last line break, of a run that ended well; else an error that shows it all. */
export function outOf(ended: Ended): string {
  if (ended.status === 0) return ended.out.replace(/\n$/u, '');
  throw new Error(`it ended with ${ended.status ?? ended.signal}: ${ended.out}${ended.err}`);
}
