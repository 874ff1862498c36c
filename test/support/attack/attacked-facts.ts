import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describeCanary } from '../canary.ts';
import { hashOf, listTree, walk } from '../list-tree.ts';
import { runAlone } from '../run-alone.ts';
import type { Ended } from '../run-virtexec.ts';
import { runProgram } from '../run-virtexec.ts';
import { type Arena, describeProfile, neighbour, target } from './arena.ts';

/** Something people inside, or around, may try once; resolves to what is wrong, nothing where it held. */
export interface AttackedFact {
  readonly name: string;
  readonly run: (arena: Arena) => Promise<readonly string[]>;
}

// biome-ignore format: a table
/** What no renaming is needed for. */
export const attackedFacts: readonly AttackedFact[] = [
  { name: 'root of a tree writes, chowns and chmods all it finds: no other tree, no store object changes', run: writeEverything },
  { name: 'a descriptor the caller left open is not there inside',          run: leaveDescriptor },
  { name: 'no known way leads out, as a user and as root (check --escape)', run: tryEscapes },
  { name: "the host's secrets do not come into a tree",                     run: plantSecret },
  { name: 'a folder of the host that is mounted in a tree outlives its removal', run: mountCanary },
  { name: 'nothing runs when a step of the isolation fails',                run: failIsolation },
  { name: "nobody becomes root or somebody of the host by the tree's passwd", run: bendPasswd },
];

/** Words of sh: writes into all it finds, and makes it everyone's. */
export const vandal = `
  for f in /usr/bin/* /usr/lib/*/* /etc/* /bin/*; do
    chmod 777 "$f"; echo vandal >>"$f"; : >"$f.new" && cat "$f.new" >"$f"
  done
  for f in /usr /etc /lib /home; do chmod -R 777 "$f"; chown -R 12345:12345 "$f"; done
  true`;

async function writeEverything(arena: Arena): Promise<readonly string[]> {
  const { root } = arena;
  const other = 'vandal.example';
  requireDone(await arena.virtfs(['create', '--quiet', '--profile', 'attacked', other]));
  const before = [listTree(join(root, neighbour)), listStore(root)];
  await runAlone(arena.virtexecWords(['--domain', other, 'sh', '-c', vandal]));
  const after = [listTree(join(root, neighbour)), listStore(root)];
  return sameOr(before, after, 'another tree or the store changed');
}

async function leaveDescriptor(arena: Arena): Promise<readonly string[]> {
  const fd = openSync('/', 'r');
  try {
    const stdio = Array.from({ length: 201 }, (_, at) => (at === 200 ? fd : at < 3 ? 'pipe' : 'ignore'));
    const words = arena.virtexecWords([
      '--domain',
      neighbour,
      'sh',
      '-c',
      'ls -d /proc/self/fd/200/etc 2>/dev/null || cd /proc/self/fd/200',
    ]);
    const ended = runProgram(words, { stdio: stdio as 'pipe'[] });
    return ended.status === 0 ? [`descriptor 200 was there: ${ended.out}`] : [];
  } finally {
    closeSync(fd);
  }
}

async function tryEscapes(arena: Arena): Promise<readonly string[]> {
  const wrongs = await Promise.all(
    [target, neighbour].map(async (domain) => {
      const ended = await arena.virtfs(['check', '--escape', domain]);
      return ended.status === 0
        ? []
        : [`${domain}: ${ended.out.match(/^.*GOT THROUGH:.*$/gmu)?.join('; ') ?? ''}${ended.err}`];
    }),
  );
  return wrongs.flat();
}

async function plantSecret(arena: Arena): Promise<readonly string[]> {
  const { root, putProfile, virtfs } = arena;
  const folder = mkdtempSync('/opt/virtfs-attack-secret-');
  const secret = 'A-canary-of-the-attack-suite';
  try {
    execFileSync('chmod', ['0755', folder]);
    writeFileSync(join(folder, 'harmless'), 'harmless\n');
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----\n`;
    writeFileSync(join(folder, 'notes'), key);
    writeFileSync(
      join(folder, 'shadow'),
      `root:$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}:1:::::: ${secret}\n`,
    );
    putProfile('secrets', describeProfile(folder));
    await virtfs(['create', '--quiet', '--profile', 'secrets', 'secrets.example']);
    const found = walk(root)
      .filter(({ stats }) => stats.isFile() && stats.size > 0n && stats.size < 100_000n)
      .filter(({ path }) => readFileSync(join(root, path), 'latin1').includes(secret));
    return found.map(({ path }) => `a secret came to ${path}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function mountCanary(arena: Arena): Promise<readonly string[]> {
  const { root, canary, virtfs } = arena;
  const domain = 'mounted.example';
  requireDone(await virtfs(['create', '--quiet', '--profile', 'attacked', domain]));
  const folder = join(root, domain, 'srv/canary');
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['--bind', canary, folder]);
  const before = describeCanary(canary);
  const refused = await virtfs(['remove', '--yes', '--purge', domain]);
  const afterRefusal = describeCanary(canary);
  requireDone(await virtfs(['remove', '--yes', '--purge', '--force', domain]));
  return [
    ...(refused.status === 0 ? ['remove went on though something was mounted'] : []),
    ...sameOr(before, afterRefusal, 'the refused removal changed it'),
    ...sameOr(before, describeCanary(canary), 'the forced removal changed it'),
  ];
}

/** Without what each step needs; the steps that no capability is needed for are tested one by one elsewhere. */
async function failIsolation(arena: Arena): Promise<readonly string[]> {
  const wrongs: string[] = [];
  for (const name of ['sys_admin', 'sys_chroot', 'setpcap', 'setgid']) {
    const words = arena.virtexecWords(['--domain', neighbour, 'sh', '-c', 'echo it ran']);
    const ended = runProgram(['setpriv', `--bounding-set=-${name}`, `--inh-caps=-${name}`, ...words]);
    if (ended.status === 0 || ended.out !== '') wrongs.push(`without ${name}: ${describe(ended)}`);
  }
  return wrongs;
}

async function bendPasswd(arena: Arena): Promise<readonly string[]> {
  const path = join(arena.root, neighbour, 'etc/passwd');
  const before = readFileSync(path);
  const bent = ['toor:x:0:0::/:/bin/sh', 'hostuser:x:1000:1000::/:/bin/sh', 'group:x:200001:0::/:/bin/sh'];
  try {
    appendFileSync(path, `${bent.join('\n')}\n`);
    const wrongs: string[] = [];
    for (const user of ['toor', 'hostuser', 'group']) {
      const ended = await runAlone(arena.virtexecWords(['--domain', neighbour, '--user', user, 'id']));
      if (ended.status === 0) wrongs.push(`${user}: ${describe(ended)}`);
    }
    return wrongs;
  } finally {
    writeFileSync(path, before);
  }
}

export function listStore(root: string): readonly string[] {
  const store = join(root, '.virtfs/store');
  return walk(store)
    .filter(({ stats }) => stats.isFile())
    .map(({ path, stats }) => `${path} ${stats.mode} ${stats.uid}:${stats.gid} ${hashOf(join(store, path))}`)
    .sort();
}

function sameOr(before: unknown, after: unknown, wrong: string): readonly string[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [wrong];
}

function requireDone(ended: Ended): void {
  if (ended.status !== 0) throw new Error(describe(ended));
}

function describe({ status, signal, out, err }: Ended): string {
  return `${status ?? signal} ${out}${err}`;
}
