import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** It has nothing that anyone needs here. */
const hostFolder = '/usr/games';

/** One address and the domain whose tree answers there. */
export interface Place {
  readonly address: string;
  readonly domain: string;
}

/** Trees that hold a network service which says whose tree it runs in, test/fixtures/banner.c. */
export interface BannerTrees extends Disposable {
  readonly root: string;
  readonly places: readonly Place[];
  /** The service, on the host and in each tree. */
  readonly banner: string;
  /** Lines `ADDRESS TREE`, as virtuald reads them. */
  readonly conf: string;
  /** Lines `ADDRESS DOMAIN`, for clients that check what they are told. */
  readonly table: string;
}

/**
 * Makes a tree for each address, in `folder`, which is to be root's alone, by the program `virtfs`. Needs root, gcc and
 * mounts of its own. On disposal the service is gone from the host; the trees stay.
 */
export function makeBannerTrees(options: {
  readonly virtfs: string;
  readonly folder: string;
  readonly addresses: readonly string[];
}): BannerTrees {
  const { virtfs, folder, addresses } = options;
  const root = join(folder, 'virtual');
  const programs = join(folder, 'programs');
  mkdirSync(programs, { mode: 0o755 });
  compileStatic(new URL('../fixtures/banner.c', import.meta.url).pathname, programs);
  // Profiles name what the host has, and nothing of the host itself is to be changed.
  execFileSync('mount', ['--bind', programs, hostFolder]);
  const banner = `${hostFolder}/banner`;
  const profiles = join(folder, 'config/profiles');
  mkdirSync(profiles, { recursive: true });
  const profile = ['summary = "says whose tree it is"', 'extends = ["minimal"]', `commands = ["${banner}"]`];
  writeFileSync(join(profiles, 'banner.toml'), `${profile.join('\n')}\n`);
  const places = addresses.map((address, index) => ({ address, domain: `d${index}.example.org` }));
  const names = places.map(({ domain }) => domain);
  const words = ['create', '--root', root, '--profile', 'banner', '--yes', '--quiet', ...names];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', VIRTFS_CONFIG_DIR: join(folder, 'config') };
  const { status, stderr } = spawnSync(virtfs, words, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${virtfs} create: ${stderr}`);
  return {
    root,
    places,
    banner,
    ...putTables(folder, root, places),
    [Symbol.dispose]: () => {
      execFileSync('umount', [hostFolder]);
    },
  };
}

/** Writes the table of virtuald, into the root of trees, and that of clients, into `folder`, for some of the places. */
export function putTables(
  folder: string,
  root: string,
  places: readonly Place[],
): Pick<BannerTrees, 'conf' | 'table'> {
  const conf = join(root, `conf.${places.length}`);
  const table = join(folder, `table.${places.length}`);
  writeFileSync(conf, describeConf(root, places));
  writeFileSync(table, places.map(({ address, domain }) => `${address} ${domain}\n`).join(''));
  return { conf, table };
}

export function describeConf(root: string, places: readonly Place[]): string {
  return places.map(({ address, domain }) => `${address} ${root}/${domain}\n`).join('');
}

/** Compiles a program that needs nothing of the tree it runs in, and gives its path. */
export function compileStatic(source: string, folder: string): string {
  const program = join(folder, (source.split('/').at(-1) ?? '').replace(/\.c$/u, ''));
  const { status, stderr } = spawnSync('gcc', ['-O2', '-Wall', '-static', '-o', program, source], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gcc ${source}: ${stderr}`);
  return program;
}
