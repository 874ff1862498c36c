import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, walk } from './list-tree.ts';

/** A folder outside of all trees that holds the names a tree is made of, so that whoever is led there hits one. */
export function makeCanary(folder: string): string {
  for (const dir of ['', ...dirs]) mkdirSync(join(folder, dir), { recursive: true });
  for (const dir of ['', ...dirs]) {
    for (const name of names.filter((each) => !dirs.includes(join(dir, each))))
      writeFileSync(join(folder, dir, name), `canary ${name}\n`, { mode: 0o640 });
  }
  return folder;
}

/** All of it as it is now: names, content, owners, modes, and the times that nobody can set back. */
export function describeCanary(folder: string): string {
  return ['', ...walk(folder).map(({ path }) => path)]
    .map((path) => fingerprint(join(folder, path)))
    .join('\n');
}

const dirs = [
  'a',
  'a/admin',
  'admin',
  'bin',
  'lib',
  'lib/x86_64-linux-gnu',
  'log',
  'pam.d',
  'www',
  'www/html',
];
const names = [
  'passwd',
  'group',
  'shadow',
  'hosts',
  'ls',
  'sh',
  'cat',
  'log',
  'wtmp',
  'null',
  'tty',
  'libc.so.6',
];
