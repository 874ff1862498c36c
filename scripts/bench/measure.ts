import { spawnSync } from 'node:child_process';

/** One command as a whole process: program first. */
export type CommandLine = readonly [program: string, ...args: string[]];

export interface Side {
  readonly name: string;
  readonly command: CommandLine;
  /** Brings back the state the command starts from; not measured. */
  readonly before?: () => void;
}

export interface Comparison {
  /** Medians in milliseconds. */
  readonly a: number;
  readonly b: number;
  /** Median of the ratios a/b of neighbouring runs: what stays when the machine's speed drifts. */
  readonly ratio: number;
}

/** Runs two commands in turn, a b a b …, after one run of each that does not count, and prints a row. */
export function compare(title: string, a: Side, b: Side, runs: number, bar: number): Comparison {
  const times = Array.from({ length: runs + 1 }, () => [run(a), run(b)] as const).slice(1);
  const result = {
    a: median(times.map(([first]) => first)),
    b: median(times.map(([, second]) => second)),
    ratio: median(times.map(([first, second]) => first / second)),
  };
  const verdict = result.ratio <= bar ? 'meets' : 'MISSES';
  const sides = `${a.name} ${result.a.toFixed(1)} ms, ${b.name} ${result.b.toFixed(1)} ms`;
  console.log(`${title}: ${result.ratio.toFixed(3)} x  (bar ${bar}: ${verdict}; ${sides}; ${runs} pairs)`);
  return result;
}

/** Milliseconds of one run, from start to reaped. Throws with what the command said when it fails. */
export function run({ command: [program, ...args], before }: Side): number {
  before?.();
  const start = performance.now();
  const { status, signal, stderr, error } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const time = performance.now() - start;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error ?? signal ?? status}\n${stderr}`);
  return time;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
