import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import type { Settings } from '../../src/domain/settings.ts';

/** A root of trees on a tmpfs of its own, with a settings folder beside it that holds the profile `small`. */
export interface Sandbox {
  /** A folder on an ordinary disk, only root's. */
  readonly base: string;
  /** Where the tmpfs is mounted. */
  readonly disk: string;
  /** The root of trees, on the tmpfs; not made yet. */
  readonly root: string;
  readonly settings: Settings;
  /** Writes a profile, TOML text, beside `small`. */
  readonly putProfile: (name: string, toml: string) => void;
  /** Changes the limits of the tmpfs, as `size=4m,nr_inodes=0`. */
  readonly remount: (options: string) => void;
}

/** Few programs, and every kind of entry: shared files, links, a set-id program, PAM, devices. */
export const small = `
summary = "for tests"
commands = ["sh", "ls", "cat", "id", "mkdir", "true", "passwd"]
devices = ["null", "zero", "full", "random", "urandom", "tty", "ptmx"]
pam = ["passwd"]
setid = ["/usr/bin/passwd"]
users = ["mail"]
`;

/** `test` with a `sandbox` that is gone afterwards. */
export const sandboxTest = test.extend<{
  sandbox: Sandbox;
  /** A folder of the host under /opt, which profiles may name. */
  hostFolder: string;
}>({
  hostFolder: async ({ task: _ }, use) => {
    const folder = mkdtempSync('/opt/virtfs-test-');
    chmodSync(folder, 0o755);
    try {
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  sandbox: async ({ task: _ }, use) => {
    const sandbox = makeSandbox();
    try {
      await use(sandbox);
    } finally {
      removeSandbox(sandbox);
    }
  },
});

/** `disk` is the kind of file system; a kind other than tmpfs is made in a file, which a loop device shows. */
export function makeSandbox(disk: 'tmpfs' | 'ext4' | 'btrfs' | 'xfs' = 'tmpfs', mountOptions = ''): Sandbox {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-test-'));
  const mountPoint = join(base, 'disk');
  const configDir = join(base, 'config');
  mkdirSync(mountPoint);
  mkdirSync(join(configDir, 'profiles'), { recursive: true });
  if (disk === 'tmpfs') mountTmpfs(mountPoint, mountOptions);
  else mountImage(disk, join(base, 'image'), mountPoint);
  const sandbox = sandboxAt({ base, disk: mountPoint, configDir });
  sandbox.putProfile('small', small);
  return sandbox;
}

function mountTmpfs(mountPoint: string, options: string): void {
  const all = ['mode=0755', options].filter((option) => option !== '').join(',');
  execFileSync('mount', ['-t', 'tmpfs', '-o', all, 'virtfs-test', mountPoint]);
}

function mountImage(type: string, image: string, mountPoint: string): void {
  writeFileSync(image, '');
  // The least that XFS accepts; a sparse file takes what is written to it.
  truncateSync(image, 320 << 20);
  execFileSync(`mkfs.${type}`, type === 'ext4' ? ['-q', '-F', image] : ['-q', image]);
  execFileSync('mount', ['-o', 'loop', image, mountPoint]);
}

export function removeSandbox({ base, disk }: Sandbox): void {
  execFileSync('umount', ['--recursive', '--lazy', disk]);
  rmSync(base, { recursive: true });
}

function sandboxAt(at: Pick<Sandbox, 'base' | 'disk'> & { readonly configDir: string }): Sandbox {
  const root = join(at.disk, 'virtual');
  return {
    ...at,
    root,
    settings: settingsFor(root, at.configDir),
    putProfile: (name, toml) =>
      writeFileSync(join(at.configDir, 'profiles', `${name}.toml`), toml, { mode: 0o644 }),
    remount: (options) => {
      execFileSync('mount', ['-o', `remount,${options}`, at.disk]);
    },
  };
}

/** Settings as `readSettings` gives them for `--root`, the config folder's own files left aside. */
export function settingsFor(root: string, configDir: string): Settings {
  return {
    root,
    roots: [root],
    configDir,
    profilesDir: join(configDir, 'profiles'),
    etcDir: join(configDir, 'etc'),
    defaultProfile: 'small',
    link: 'auto',
    admin: 'admin',
    uidFirst: 200_000,
    uidCount: 10_000,
    trashDays: 30,
  };
}
