// How long `virtfs create` takes, as a whole process, beside peers on the same tmpfs in the same run.
// Called by scripts/bench/run, which installs the peers and virtfs and gives a private mount namespace.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import process from 'node:process';
import { compare, type Side } from './measure.ts';

const [prefix = '', sandbox = ''] = process.argv.slice(2);
const virtfs = `${prefix}/sbin/virtfs`;
const node = `${prefix}/lib/virtfs/runtime/node`;
const root = `${sandbox}/virtual`;
const peers = `${sandbox}/peers`;
const emptyNode: Side = { name: 'node -e 0', command: [node, '-e', '0'] };

function sh(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function fresh(...dirs: string[]): void {
  for (const dir of dirs) {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { mode: 0o700 });
  }
}

const create = (...args: string[]): [string, ...string[]] => [
  virtfs,
  'create',
  '--root',
  root,
  '--yes',
  '--quiet',
  ...args,
];

fresh(root);
sh(...create('one.example.org'));
const { files } = JSON.parse(sh(virtfs, 'profile', 'login', '--files', '--json')) as {
  files: { type: string; path: string }[];
};
const programs = files
  .filter(({ type, path }) => type === 'file' && /^(?:usr\/)?s?bin\//u.test(path))
  .map(({ path }) => `/${path}`);
fresh(peers);
sh('/usr/lib/dracut/dracut-install', '-D', peers, '-l', '-a', ...programs);
const installed = sh('find', peers, '-type', 'f').split('\n').length - 1;
console.log(
  `login: ${files.length} entries in the shared layer, ${programs.length} programs; dracut-install lays ${installed} files for the same programs`,
);

compare(
  'first domain, empty store, against dracut-install of the same programs',
  { name: 'virtfs', command: create('one.example.org'), before: () => fresh(root) },
  {
    name: 'dracut-install',
    command: ['/usr/lib/dracut/dracut-install', '-D', peers, '-l', '-a', ...programs],
    before: () => fresh(peers),
  },
  7,
  1,
);

let next = 0;
compare(
  'a further domain, against an empty Node program',
  // The command line is read when it is run, so that each run makes another domain.
  {
    name: 'virtfs',
    get command() {
      return create(`d${next++}.example.org`);
    },
  },
  emptyNode,
  15,
  4,
);

const names = Array.from({ length: 100 }, (_, index) => `n${index}.example.org`);
const tree = `${root}/one.example.org`;
const copyAll = `i=0; while [ $i -lt 100 ]; do cp -al ${tree} ${peers}/$i || exit 1; i=$((i+1)); done`;
compare(
  '100 domains in one call, against 100 cp -al of such a tree',
  {
    name: 'virtfs',
    command: create(...names),
    before: () => {
      for (const name of readdirSync(root))
        if (/^n\d+\./u.test(name)) rmSync(`${root}/${name}`, { recursive: true });
    },
  },
  { name: 'cp -al', command: ['/bin/sh', '-c', copyAll], before: () => fresh(peers) },
  5,
  1,
);

const own = sh(
  'find',
  `${root}/n5.example.org`,
  '(',
  '-type',
  'd',
  '-o',
  '-links',
  '1',
  ')',
  '-printf',
  '%s %y\n',
)
  .trim()
  .split('\n');
const ownBytes = own
  .filter((line) => line.endsWith('f'))
  .reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
const manifest = statSync(`${root}/.virtfs/manifests/n5.example.org.json`).size;
console.log(
  `own inodes of one login tree: ${own.length} (bar 150); own bytes: ${ownBytes} and ${manifest} of manifest (bar 1,000,000)`,
);
