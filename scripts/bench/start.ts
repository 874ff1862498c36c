// How much longer than an empty Node program the shortest calls take, as whole processes.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { compare, type Side } from './measure.ts';

const [prefix = '', sandbox = ''] = process.argv.slice(2);
const root = `${sandbox}/virtual`;
const emptyNode: Side = { name: 'node -e 0', command: [`${prefix}/lib/virtfs/runtime/node`, '-e', '0'] };

mkdirSync(root, { recursive: true, mode: 0o700 });
spawnSync(`${prefix}/sbin/virtfs`, ['create', '--root', root, '--yes', '--quiet', 'start.example.org'], {
  stdio: 'inherit',
});

compare(
  'virtfs --version',
  { name: 'virtfs', command: [`${prefix}/sbin/virtfs`, '--version'] },
  emptyNode,
  31,
  1.3,
);
const inside: [string, ...string[]] = [
  `${prefix}/bin/virtexec`,
  '--root',
  root,
  '--domain',
  'start.example.org',
  'true',
];
compare('virtexec --domain D true', { name: 'virtexec', command: inside }, emptyNode, 31, 1.4);
