// What the profile howto costs: the first domain of a root, and each further one, in time and in bytes of its own.
// Called by scripts/bench/run, which installs virtfs and gives a private mount namespace.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import process from 'node:process';
import { median, run } from './measure.ts';

const [prefix = '', sandbox = ''] = process.argv.slice(2);
const root = `${sandbox}/virtual`;

function create(domain: string): [string, ...string[]] {
  const words = ['create', domain, '--root', root, '--profile', 'howto', '--yes', '--quiet'];
  return [`${prefix}/sbin/virtfs`, ...words];
}

function sh(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const first = Array.from({ length: 3 }, () =>
  run({
    name: 'virtfs',
    command: create('first.example.org'),
    before: () => {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root, { mode: 0o700 });
    },
  }),
);
console.log(`first howto domain, empty store: ${median(first).toFixed(0)} ms (${first.length} runs)`);

// The first does not count.
const further = Array.from({ length: 8 }, (_, index) =>
  run({ name: 'virtfs', command: create(`d${index}.example.org`) }),
).slice(1);
const second = median(further);
console.log(
  `a further howto domain: ${second.toFixed(0)} ms (bar 1000: ${second <= 1000 ? 'meets' : 'MISSES'}; ${further.length} runs)`,
);

const tree = `${root}/d1.example.org`;
const own = sh('find', tree, '(', '-type', 'd', '-o', '-links', '1', ')', '-printf', '%s %b %y\n')
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
const held = sum(own.map(([, blocks]) => Number(blocks) * 512));
// What a disk that gives whole blocks of 4 kB would take, folders included.
const onDisk = sum(
  own.map(([size, , type]) =>
    type === 'd' ? Math.max(4096, Number(size)) : Math.ceil(Number(size) / 4096) * 4096,
  ),
);
const manifest = statSync(`${root}/.virtfs/manifests/d1.example.org.json`).size;
console.log(
  `own inodes of one howto tree: ${own.length}; own bytes: ${held} here, about ${onDisk} on a disk of 4 kB blocks, and ${manifest} of manifest (bar 5,000,000: ${held + manifest <= 5e6 ? 'meets' : 'MISSES'})`,
);
