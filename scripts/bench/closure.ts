// Bar 1 of the closure: what every program of /usr/bin needs, found by us, against an `ldd` loop over the same files.
// Whole processes, in turns, the best of five, ours bundled as it is installed; the ratio is the figure.
// Run: scripts/node scripts/bench/closure.ts
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, stdout } from 'node:process';
import { planClosure } from '../../src/closure/plan-closure.ts';
import { Host } from '../../src/host/open-host.ts';

const dir = '/usr/bin';
const bar = 1 / 20;

if (argv[2] === '--ours') runOurs();
else await compare();

function runOurs(): void {
  const roots = readdirSync(dir).map((name) => ({ path: `${dir}/${name}`, why: 'measured' }));
  // A cache without anything in it: every file is read.
  const host = new Host(new Map());
  const { files, broken } = planClosure(roots, host, { searchPath: ['/usr/bin', '/bin'], missing: 'report' });
  say(`${roots.length} files, ${files.length} more needed, ${broken.length} broken on this host`);
}

async function compare(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'virtfs-bench-'));
  try {
    compareWith(await bundleInto(work));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** One file, as installed programs are. */
async function bundleInto(work: string): Promise<string> {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: { closure: import.meta.filename },
    platform: 'node',
    external: ['rolldown'],
    treeshake: true,
  });
  await build.write({ dir: work, format: 'esm', entryFileNames: '[name].mjs' });
  return join(work, 'closure.mjs');
}

function compareWith(bundle: string): void {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    ours.push(timed(() => execFileSync(execPath, [bundle, '--ours'], { stdio: 'ignore' })));
    theirs.push(
      timed(() => execFileSync('sh', ['-c', `for f in ${dir}/*; do ldd "$f"; done >/dev/null 2>&1; true`])),
    );
  }
  runOurs();
  const [best, loop] = [Math.min(...ours), Math.min(...theirs)];
  say(`ours ${best.toFixed(0)} ms, ldd loop ${loop.toFixed(0)} ms`);
  say(`ratio 1/${(loop / best).toFixed(1)}, bar 1/${1 / bar}: ${best / loop < bar ? 'held' : 'MISSED'}`);
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function say(line: string): void {
  stdout.write(`${line}\n`);
}
