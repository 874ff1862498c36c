import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Where scripts/unpack-servers unpacked a package: VIRTFS_TEST_SERVERS. Where there is none, undefined, and an error
 * where VIRTFS_TEST_STRICT is set.
 */
export function findUnpacked(name: string): string | undefined {
  const folder = join(process.env.VIRTFS_TEST_SERVERS || '/nonexistent', name);
  if (existsSync(folder)) return folder;
  if (process.env.VIRTFS_TEST_STRICT)
    throw new Error(`no ${folder}: scripts/unpack-servers DIR ${name}, and VIRTFS_TEST_SERVERS=DIR`);
  return undefined;
}

/**
 * Lays an unpacked package over /usr and system accounts over /etc/passwd and /etc/group, for all programs of this mount
 * namespace until disposal: as if it was installed. Needs root, overlayfs and mounts of its own.
 */
export function layOverHost(folder: string, accounts: readonly string[]): Disposable {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-over-'));
  const mounted: string[] = [];
  const mount = (words: readonly string[], place: string): void => {
    execFileSync('mount', [...words, place]);
    mounted.push(place);
  };
  const undo = (): void => {
    for (const place of mounted.reverse()) execFileSync('umount', ['--lazy', place]);
    rmSync(base, { recursive: true });
  };
  try {
    for (const [file, line] of Object.entries(accountLines)) {
      const others = readFileSync(`/etc/${file}`, 'utf8')
        .split('\n')
        .filter((each) => each !== '' && !accounts.includes(each.split(':')[0] ?? ''));
      const copy = join(base, file);
      writeFileSync(copy, [...others, ...accounts.map(line), ''].join('\n'), { mode: 0o644 });
      mount(['--bind', copy], `/etc/${file}`);
    }
    mount(['-t', 'overlay', '-o', `lowerdir=${folder}/usr:/usr`, 'virtfs-over'], '/usr');
  } catch (error) {
    undo();
    throw error;
  }
  return { [Symbol.dispose]: undo };
}

/** Ids of the system that nobody has on the machines of tests. */
const firstId = 980;

const accountLines: Readonly<Record<'passwd' | 'group', (name: string, index: number) => string>> = {
  passwd: (name, index) => `${name}:x:${firstId + index}:${firstId + index}::/nonexistent:/usr/sbin/nologin`,
  group: (name, index) => `${name}:x:${firstId + index}:`,
};
