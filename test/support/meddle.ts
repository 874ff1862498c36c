import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';

/** Gives a name an inode of its own with the same bytes, and lets `change` have it: the store's stays as it is. */
export function replace(path: string, aside: string, change: (path: string) => void): void {
  const copy = `${path}.${aside}`;
  copyFileSync(path, copy);
  change(copy);
  renameSync(copy, path);
}

/** Adds to a file: in the store in place, elsewhere in an inode of its own. */
export function appendTo(path: string, text: string): void {
  const { mode, uid, gid } = statSync(path);
  const whole = Buffer.concat([readFileSync(path), Buffer.from(text)]);
  if (!path.includes('/.virtfs/')) unlinkSync(path);
  writeFileSync(path, whole);
  chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
}

/** Other bytes, of the same number and with the same time. */
export function forge(path: string, how: 'in place' | 'anew' = 'anew'): void {
  const { atime, mtimeMs, mode } = statSync(path);
  const bytes = readFileSync(path);
  bytes.fill(0x20, 0, 16);
  if (how === 'anew') unlinkSync(path);
  writeFileSync(path, bytes);
  chmodSync(path, mode & 0o7777);
  utimesSync(path, atime, mtimeMs / 1000);
}

/** Lets a link lead elsewhere. */
export function relink(path: string, target: string): void {
  unlinkSync(path);
  symlinkSync(target, path);
}

/** An empty file that runs as root. */
export function putSetId(path: string): void {
  writeFileSync(path, '');
  chmodSync(path, 0o4755);
}

/** Running it gives capabilities. */
export function putCapabilities(path: string): void {
  execFileSync('setcap', ['cap_net_raw+ep', path]);
}
