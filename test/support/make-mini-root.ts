import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A root of trees in a tmpfs of its own. */
export interface MiniRoot extends Disposable {
  readonly path: string;
  /** The probe program, outside of every tree. */
  readonly probe: string;
  /** Makes a tree by hand, with the probe as its one program; returns its path. */
  readonly addTree: (domain: string) => string;
  /** Writes the record of a domain: ids 70000 to 79999. */
  readonly addRecord: (domain: string, link: 'hardlink' | 'copy') => void;
}

/** Compiles the probe and mounts an empty root of trees. Needs root and gcc. */
export function makeMiniRoot(): MiniRoot {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-mini-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', base]);
  // As systemd mounts all: what is mounted below must be kept from the host.
  execFileSync('mount', ['--make-shared', base]);
  const probe = join(base, 'probe');
  const source = join(import.meta.dirname, '../fixtures/probe.c');
  execFileSync('gcc', ['-static', '-O1', '-Wall', '-o', probe, source]);
  const path = join(base, 'root');
  mkdirSync(path, { mode: 0o711 });
  return {
    path,
    probe,
    addTree: (domain) => addTree(join(path, domain), probe),
    addRecord: (domain, link) => addRecord(path, domain, link),
    [Symbol.dispose]: () => {
      execFileSync('umount', ['-l', base]);
      rmSync(base, { recursive: true });
    },
  };
}

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  'bob:x:70001:70001:Bob:/home/b/bob:/bin/rbash',
  'www-data:x:33:33::/var/www:/bin/false',
  'toor:x:0:70001::/:/bin/sh',
  'wheel:x:70002:0::/:/bin/sh',
  'hostuser:x:1000:1000::/:/bin/sh',
  'neighbour:x:80000:80000::/:/bin/sh',
  'joiner:x:70003:70003::/:/bin/sh',
];

const group = ['root:x:0:', 'bob:x:70001:', 'web:x:70010:bob', 'mail:x:8:bob', 'hosts:x:1000:joiner'];

function addTree(tree: string, probe: string): string {
  for (const dir of [
    'proc',
    'dev/pts',
    'etc',
    'tmp',
    'usr/bin',
    'usr/share',
    'usr/local/bin',
    'var',
    'home',
  ]) {
    mkdirSync(join(tree, dir), { recursive: true, mode: 0o755 });
  }
  chmodSync(join(tree, 'tmp'), 0o1777);
  symlinkSync('usr/bin', join(tree, 'bin'));
  copyFileSync(probe, join(tree, 'usr/bin/probe'));
  execFileSync('mknod', ['-m', '666', join(tree, 'dev/ptmx'), 'c', '5', '2']);
  writeFileSync(join(tree, 'etc/passwd'), `${passwd.join('\n')}\n`);
  writeFileSync(join(tree, 'etc/group'), `${group.join('\n')}\n`);
  return tree;
}

function addRecord(root: string, domain: string, link: string): void {
  const folder = join(root, '.virtfs/domains');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const record = { version: 1, domain, uids: { first: 70_000, count: 10_000 }, link };
  writeFileSync(join(folder, `${domain}.json`), JSON.stringify(record), { mode: 0o600 });
}
