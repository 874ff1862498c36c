import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCanary, makeCanary } from '../canary.ts';
import { fingerprint, listTree, walk } from '../list-tree.ts';
import { type AloneOptions, runAlone } from '../run-alone.ts';
import type { Ended } from '../run-virtexec.ts';
import type { BuiltPrograms } from './built-programs.ts';

/** The domain whose people attack. */
export const target = 'target.example';
/** One that must not notice. */
export const neighbour = 'neighbour.example';

const fixtures = new URL('../../fixtures/', import.meta.url).pathname;

/**
 * A root of trees with a hostile domain and its neighbour, programs that work on it, and what is outside and must
 * stay as it is.
 */
export interface Arena extends Disposable {
  /** A folder on an ordinary disk. */
  readonly base: string;
  /** The root of trees, on a tmpfs of its own. */
  readonly root: string;
  readonly putProfile: (name: string, toml: string) => void;
  readonly tree: string;
  /** Where links of the tree lead to. */
  readonly canary: string;
  /** Static, in the tree. */
  readonly swapper: string;
  /** A file of the host that is in the trees' profile. */
  readonly hostFile: string;
  readonly virtfs: (words: readonly string[], options?: AloneOptions) => Promise<Ended>;
  readonly virtexecWords: (words: readonly string[]) => readonly string[];
  /** What is not as it was: the canary, the host's accounts, the neighbour; and markers. */
  readonly damages: () => readonly string[];
}

/** Makes it. Needs root and gcc. */
export async function makeArena(programs: BuiltPrograms): Promise<Arena> {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-attack-'));
  const disk = join(base, 'disk');
  const hostFolder = mkdtempSync('/opt/virtfs-attack-');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'virtfs-attack', disk]);
  const dispose = () => {
    execFileSync('umount', ['--recursive', '--lazy', disk]);
    for (const folder of [base, hostFolder]) rmSync(folder, { recursive: true });
  };
  try {
    return { ...(await furnish(programs, { base, disk, hostFolder })), [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function furnish(
  programs: BuiltPrograms,
  { base, disk, hostFolder }: { readonly base: string; readonly disk: string; readonly hostFolder: string },
): Promise<Omit<Arena, typeof Symbol.dispose>> {
  const root = join(disk, 'virtual');
  const configDir = join(base, 'config');
  mkdirSync(join(configDir, 'profiles'), { recursive: true });
  const putProfile = (name: string, toml: string) =>
    writeFileSync(join(configDir, 'profiles', `${name}.toml`), toml, { mode: 0o644 });
  chmodSync(hostFolder, 0o755);
  const hostFile = join(hostFolder, 'file');
  writeFileSync(hostFile, 'one\n');
  putProfile('attacked', describeProfile(hostFolder));
  const env = { VIRTFS_ROOT: root, VIRTFS_CONFIG_DIR: configDir };
  const virtfs = (words: readonly string[], options: AloneOptions = {}) =>
    runAlone([programs.virtfs, ...words], { ...options, env });
  for (const words of [
    [neighbour, '--link', 'hardlink'],
    // All of it its own, so that its root may rename all of it.
    [target, '--link', 'copy'],
  ]) {
    const ended = await virtfs(['create', '--quiet', '--profile', 'attacked', ...words]);
    if (ended.status !== 0) throw new Error(ended.err);
  }
  const tree = join(root, target);
  const canary = makeCanary(join(disk, 'canary'));
  const marker = join(base, 'marker');
  plant(tree, canary, marker, base);
  const before = takeStock(canary, root);
  return {
    base,
    root,
    putProfile,
    tree,
    canary,
    swapper: '/.swapper',
    hostFile,
    virtfs,
    virtexecWords: (words) => [
      'env',
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      programs.virtexec,
      ...words,
    ],
    damages: () => {
      const now = takeStock(canary, root);
      const changed = Object.keys(before).filter((name) => now[name] !== before[name]);
      const loaded = [marker, ...findLoaded(root)].filter((path) => existsSync(path));
      return [
        ...changed.map((name) => `${name} changed`),
        ...loaded.map(() => 'code of the tree ran with the host’s power'),
      ];
    },
  };
}

/** Few programs, every kind of entry, and files of `folder`. */
export function describeProfile(folder: string): string {
  return `
summary = "for the attack suite"
commands = ["sh", "ls", "cat", "chmod", "chown", "id", "mkdir", "true", "passwd"]
devices = ["null", "zero", "full", "random", "urandom", "tty", "ptmx"]
pam = ["passwd"]
setid = ["/usr/bin/passwd"]
users = ["mail"]
files = ["${folder}/**"]
`;
}

/** What root of the tree may put there: code in the place of all that tools of the host might run or load, and traps. */
function plant(tree: string, canary: string, marker: string, base: string): void {
  const library = join(base, 'marker.so');
  const program = join(base, 'marker-program');
  const gcc = (...args: string[]) =>
    execFileSync('gcc', ['-O1', '-Wall', `-DMARKER="${marker}"`, join(fixtures, 'marker.c'), ...args]);
  gcc('-shared', '-fPIC', '-o', library);
  gcc('-static', '-DPROGRAM', '-o', program);
  execFileSync('gcc', ['-static', '-O1', '-Wall', '-o', join(tree, '.swapper'), join(fixtures, 'swapper.c')]);
  writeFileSync(join(tree, '.hostile'), '');
  const put = (from: string, path: string, mode: number) => {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    rmSync(join(tree, path), { force: true });
    copyFileSync(from, join(tree, path));
    chmodSync(join(tree, path), mode);
  };
  const libraries = readdirSync(join(tree, 'usr/lib')).find((name) => name.endsWith('-linux-gnu')) ?? '.';
  for (const name of [
    'libnss_files.so.2',
    'libnss_evil.so.2',
    'security/pam_evil.so',
    'security/pam_unix.so',
  ]) {
    put(library, `usr/lib/${libraries}/${name}`, 0o644);
  }
  put(library, '.marker.so', 0o644);
  for (const name of ['ldconfig', 'useradd', 'usermod', 'userdel', 'groupadd', 'chpasswd']) {
    put(program, `usr/sbin/${name}`, 0o755);
  }
  for (const name of ['ldd', 'passwd', 'id', 'getent']) put(program, `usr/bin/${name}`, 0o755);
  writeFileSync(join(tree, 'etc/ld.so.preload'), '/.marker.so\n');
  writeFileSync(
    join(tree, 'etc/nsswitch.conf'),
    'passwd: evil files\ngroup: evil files\nshadow: evil files\nhosts: evil\n',
  );
  const home = join(tree, 'home/a/admin');
  for (const folder of tenantFolders) mkdirSync(join(tree, folder), { recursive: true });
  for (const path of [join(home, 'fifo'), join(tree, 'etc/issue.net'), join(tree, 'var/log/fifo')]) {
    execFileSync('mkfifo', [path]);
  }
  symlinkSync(canary, join(home, 'public'));
  symlinkSync(join(canary, 'passwd'), join(tree, 'etc/evil'));
  execFileSync('chown', ['-R', '-h', '--reference', home, ...tenantFolders.map((path) => join(tree, path))]);
}

/** Folders a user of the tree, `admin`, may rename. */
export const tenantFolders: readonly string[] = [
  'home/a/admin/site',
  'home/a/admin/site/a',
  'home/a/admin/Maildir',
  'home/a/admin/Maildir/new',
  'tmp/mine/site',
  'tmp/mine/site/a',
];

// biome-ignore format: a list
/** Folders its root renames besides. */
export const rootFolders: readonly string[] = [
  'etc', 'etc/pam.d', 'etc/skel', 'usr', 'usr/bin', 'usr/lib', 'dev', 'var', 'var/log', 'var/www', 'var/mail', 'var/spool',
  'home', 'home/a', 'home/a/admin', 'run', 'opt', 'srv', 'root',
];

/** All that nothing may change, as text. */
function takeStock(canary: string, root: string): Readonly<Record<string, string>> {
  return {
    'the canary': describeCanary(canary),
    'the accounts of the host': ['/etc/passwd', '/etc/group', '/etc/shadow'].map(fingerprint).join('\n'),
    'the neighbour': listTree(join(root, neighbour)).join('\n'),
  };
}

/** Markers in any tree, the trash and the stage. */
function findLoaded(root: string): readonly string[] {
  return walk(root, (path) => /^\.virtfs\/(?:store|layers|cache)$/u.test(path))
    .filter(({ path }) => path.endsWith('/.loaded'))
    .map(({ path }) => join(root, path));
}
