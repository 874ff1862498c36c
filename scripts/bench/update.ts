// How long `virtfs update --all` takes after 30 files of the host changed, as a whole process, for 100 domains.
// Called by scripts/bench/run, which installs the peers and virtfs and gives a private mount namespace: the host's files
// are changed by mounts over them.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { compare, run, type Side } from './measure.ts';

const [prefix = '', sandbox = ''] = process.argv.slice(2);
const virtfs = `${prefix}/sbin/virtfs`;
const node = `${prefix}/lib/virtfs/runtime/node`;
const root = `${sandbox}/virtual`;
const versions = `${sandbox}/versions`;
const domains = 100;
const files = 30;

function sh(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const names = Array.from({ length: domains }, (_, index) => `n${index}.example.org`);
sh(virtfs, 'create', '--root', root, '--yes', '--quiet', ...names);

// As libc6 and a few more: the libraries of the C library's package first, then programs, smallest first.
const { files: laid } = JSON.parse(sh(virtfs, 'profile', 'login', '--files', '--json')) as {
  files: { type: string; path: string }[];
};
const libc = sh('dpkg', '-L', 'libc6').split('\n');
const real = laid
  .filter(({ type, path }) => type === 'file' && path.startsWith('usr/'))
  .map(({ path }) => `/${path}`);
const ofLibc = real.filter((path) => libc.includes(path) || libc.includes(path.replace(/^\/usr/u, '')));
const others = real
  .filter((path) => path.startsWith('/usr/bin/') && !ofLibc.includes(path))
  .sort((a, b) => statSync(a).size - statSync(b).size);
const upgraded = [...ofLibc, ...others].slice(0, files);
const bytes = upgraded.reduce((sum, path) => sum + statSync(path).size, 0);
console.log(
  `${domains} login domains; ${upgraded.length} files of ${(bytes / 1e6).toFixed(1)} MB change, ${ofLibc.length} of them libc6's`,
);

let version = 0;

/** Another version of each file, whose times are older than what a program takes for too new to be sure of. */
function upgrade(): void {
  version += 1;
  const folder = `${versions}/${version}`;
  mkdirSync(folder, { recursive: true });
  for (const [index, path] of upgraded.entries()) {
    const copy = `${folder}/${index}`;
    sh('cp', '--preserve=mode,ownership', path, copy);
    appendFileSync(copy, '\0');
    sh('mount', '--bind', copy, path);
  }
  rest();
}

/** Until what changed is old enough to be sure of; the machine is then as idle for the one side as for the other. */
function rest(): void {
  sh('sleep', '2.2');
}

const update: Side = {
  name: 'virtfs',
  command: [virtfs, 'update', '--all', '--quiet', '--root', root],
  before: upgrade,
};
const loop = `${sandbox}/links.cjs`;
writeFileSync(
  loop,
  `const { linkSync } = require('node:fs');
   for (const name of ${JSON.stringify(names)}) for (const [object, path] of ${JSON.stringify(listObjects())})
     linkSync('${root}/.virtfs/store/' + object, '${root}/' + name + path + '.bench');`,
);
const links: Side = {
  name: 'links',
  command: [node, loop],
  before: () => {
    removeLinks();
    rest();
  },
};

const { a: ours } = compare(
  `update --all after an upgrade, against ${domains * files} links in one Node loop`,
  update,
  links,
  7,
  2,
);
removeLinks();
requireUpdated();
compare(
  'update --all --if-stale with nothing changed, against an empty Node program',
  { name: 'virtfs', command: [virtfs, 'update', '--all', '--if-stale', '--quiet', '--root', root] },
  { name: 'node -e 0', command: [node, '-e', '0'] },
  15,
  2,
);
measureJailkit();

/** What the store had of the files at first, and where trees have them: the links an update makes, and nothing else. */
function listObjects(): readonly (readonly [object: string, path: string])[] {
  const manifest = readFileSync(`${root}/.virtfs/manifests/${names[0]}.json`, 'utf8');
  const { layer } = JSON.parse(manifest) as { layer: string };
  const { entries } = JSON.parse(readFileSync(`${root}/.virtfs/layers/${layer}.json`, 'utf8')) as {
    entries: { path: string; sha256?: string; mode?: string }[];
  };
  return entries.flatMap(({ path, sha256 = '', mode = '' }) =>
    upgraded.includes(`/${path}`) ? [[`${sha256.slice(0, 2)}/${sha256}.${mode}`, `/${path}`] as const] : [],
  );
}

function removeLinks(): void {
  for (const name of names)
    for (const path of upgraded) rmSync(`${root}/${name}${path}.bench`, { force: true });
}

/** Every tree has the bytes the host has now. */
function requireUpdated(): void {
  for (const name of names) {
    for (const path of upgraded) {
      if (!readFileSync(`${root}/${name}${path}`).equals(readFileSync(path)))
        throw new Error(`${name}${path} is old`);
    }
  }
}

/** jk_update brings one jail up to date at a time; a tenth of the jails stands for all, for each takes seconds. */
function measureJailkit(): void {
  // jailkit refuses jails below a folder others may write, as the one for temporary files is.
  const jails = '/mnt';
  mkdirSync(`${sandbox}/jails`, { mode: 0o755 });
  sh('mount', '--bind', `${sandbox}/jails`, jails);
  const some = Math.max(1, Math.floor(domains / 10));
  const programs = real.filter((path) => /^\/(?:usr\/)?s?bin\//u.test(path));
  const first = `${jails}/0`;
  mkdirSync(first, { mode: 0o755 });
  sh('jk_cp', '-f', '-j', first, ...programs);
  for (let jail = 1; jail < some; jail++) sh('cp', '-a', first, `${jails}/${jail}`);
  upgrade();
  let time = 0;
  for (let jail = 0; jail < some; jail++) {
    time += run({ name: 'jk_update', command: ['jk_update', '-j', `${jails}/${jail}`] });
  }
  const all = (time / some) * domains;
  const ratio = all / ours;
  const verdict = ratio >= 20 ? 'meets' : 'MISSES';
  console.log(
    `update --all, against jk_update of each jail: ${ratio.toFixed(0)} x faster  (bar 20: ${verdict}; jk_update ${(time / some).toFixed(0)} ms a jail, ${some} measured)`,
  );
}
