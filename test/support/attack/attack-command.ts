import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { runAlone } from '../run-alone.ts';
import type { Ended } from '../run-virtexec.ts';
import { type Arena, rootFolders, target, tenantFolders } from './arena.ts';
import { type AttackedCall, type AttackedCommand, keepOutput } from './attacked-commands.ts';

/** How a command stood it. */
export interface AttackResult {
  readonly name: string;
  readonly seconds: number;
  /** How often root of the tree, and a user of it, turned a folder into a link. */
  readonly swapsAsRoot: number;
  readonly swapsAsUser: number;
  readonly calls: number;
  /** How often calls ended how: `0`, `1`, or an error's code. */
  readonly ends: Readonly<Record<string, number>>;
  /** What was damaged, or what no call may do; nothing where it held. */
  readonly wrongs: readonly string[];
}

/** A call that takes longer hangs: on a FIFO, or on a lock. */
const longestCall = 120_000;

/**
 * Calls a command for `seconds`, at least one round, while root of the tree and a user of it, both in there as virtexec
 * puts them, turn folders into links to the canary and back.
 */
export async function attackCommand(
  arena: Arena,
  command: AttackedCommand,
  seconds: number,
): Promise<AttackResult> {
  const ends: Record<string, number> = {};
  const wrongs: string[] = [];
  const began = Date.now();
  const until = began + seconds * 1000;
  let calls = 0;
  // The user first: once root is at it, the tree's passwd is not always there.
  const user = new InsideSwapper(arena, ['--user', 'admin'], tenantFolders);
  const root = new InsideSwapper(arena, [], rootFolders);
  try {
    for (let n = 0; n === 0 || Date.now() < until; n++) {
      for (const each of command.round(n)) {
        await user.start();
        await root.start();
        const ended = await makeCall(arena, each);
        const end = describeEnd(ended);
        ends[end] = (ends[end] ?? 0) + 1;
        calls++;
        if (isWrong(ended)) wrongs.push(`${each.words.join(' ')}: ${end} ${ended.err.slice(0, 2000)}`);
        if (each.into !== undefined && ended.status === 0) keepOutput(each.into(arena), ended.out);
      }
    }
  } finally {
    await root.stop();
    await user.stop();
  }
  wrongs.push(...arena.damages());
  return {
    name: command.name,
    seconds: Math.round((Date.now() - began) / 1000),
    swapsAsRoot: root.swaps,
    swapsAsUser: user.swaps,
    calls,
    ends,
    wrongs,
  };
}

async function makeCall(arena: Arena, { words, program, input, before }: AttackedCall): Promise<Ended> {
  before?.(arena);
  const options = {
    timeout: longestCall,
    cwd: arena.base,
    ...(input === undefined ? {} : { input }),
  };
  if (program === 'host') return runAlone(words, options);
  if (program === 'virtexec') return runAlone(arena.virtexecWords(words), options);
  return arena.virtfs(words, options);
}

function describeEnd({ status, signal, err }: Ended): string {
  const code = /\[(?<code>[A-Z_]+)\]$/mu.exec(err)?.groups?.code;
  return code ?? String(status ?? signal);
}

/** A bug of ours, or a call that had to be killed. */
function isWrong({ status, signal }: Ended): boolean {
  return signal !== null || status === 70;
}

/** A swapper that virtexec runs in the tree; what ends it (remove --force does) may start it again. */
class InsideSwapper {
  readonly #arena: Arena;
  readonly #who: readonly string[];
  readonly #folders: readonly string[];
  #child: ChildProcess | undefined;
  #text = '';
  swaps = 0;

  constructor(arena: Arena, who: readonly string[], folders: readonly string[]) {
    this.#arena = arena;
    this.#who = who;
    this.#folders = folders.map((path) => `/${path}`);
  }

  /** Nothing when it runs already, or cannot be started just now. */
  async start(): Promise<void> {
    if (this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) return;
    this.#count();
    const { virtexecWords, swapper, canary } = this.#arena;
    const words = virtexecWords(['--domain', target, ...this.#who, swapper, canary, ...this.#folders]);
    const [program = '', ...args] = words;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    this.#child = child;
    this.#text = '';
    child.stdout.on('data', (data) => {
      this.#text += data;
    });
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    this.#count();
    this.#child = undefined;
    this.#text = '';
  }

  #count(): void {
    this.swaps += Number(this.#text.split('\n')[1] ?? 0) || 0;
  }
}
