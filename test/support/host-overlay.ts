import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa, type Result } from 'execa';

const options = { reject: false, stdin: 'ignore', timeout: 60_000 } as const;

/** The machine as it is, whose /usr, /etc, /var and /run a test may change: all of it is gone afterwards. */
export interface HostOverlay extends AsyncDisposable {
  /** A folder in memory for what else the test makes. */
  readonly base: string;
  /** Runs words there; never throws for a status. */
  readonly run: (...words: readonly string[]) => Promise<Result<typeof options>>;
  /** Runs a text of sh there, of which $1 … are `args`; throws unless it ends well. Gives what it printed. */
  readonly sh: (script: string, ...args: readonly string[]) => Promise<string>;
}

const script = `
  set -e
  mount -t tmpfs -o mode=0711 virtfs-overlay "$1"
  for dir in usr etc var; do
    mkdir -p "$1/.over/$dir/upper" "$1/.over/$dir/work"
    chmod 0755 "$1/.over/$dir/upper"
    mount -t overlay -o "lowerdir=/$dir,upperdir=$1/.over/$dir/upper,workdir=$1/.over/$dir/work" virtfs-overlay "/$dir"
  done
  mount -t tmpfs -o mode=0755 virtfs-overlay /run
  echo ready
  read -r _
`;

/** Makes one. Needs root and overlayfs; `/run` is empty in it, as on a machine whose init is not systemd. */
export async function startHostOverlay(): Promise<HostOverlay> {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-overlay-'));
  // It lives as long as the process that waits in it.
  const keeper = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', base], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await untilReady(keeper);
  const enter = ['--target', String(keeper.pid), '--mount', '--wd=/', '--'];
  const run = (...words: readonly string[]) => execa('nsenter', [...enter, ...words], options);
  return {
    base,
    run,
    sh: async (text, ...args) => {
      const { exitCode, stdout, stderr } = await run('sh', '-euc', text, 'sh', ...args);
      if (exitCode === 0) return stdout;
      throw new Error(`it ended with ${exitCode}: ${stdout}${stderr}`);
    },
    [Symbol.asyncDispose]: async () => {
      keeper.stdin?.end();
      if (keeper.exitCode === null) await once(keeper, 'exit');
      rmSync(base, { recursive: true });
    },
  };
}

async function untilReady(keeper: ChildProcess): Promise<void> {
  if (keeper.stdout === null) throw new Error('it has no standard output');
  for await (const line of createInterface({ input: keeper.stdout })) if (line === 'ready') return;
  throw new Error('this machine can lay no overlay over /usr, /etc and /var: is there overlayfs?');
}
