import { expect, test } from 'vitest';
import { decideKeeping, type Keeping } from '../../../src/plan/decide-keeping.ts';

// biome-ignore format: a table
test.each<readonly [string, Keeping]>([
  ['usr/bin/ls', 'system'],
  ['lib64', 'system'],
  ['bin', 'system'],
  ['opt/tool/bin/x', 'system'],
  ['dev/null', 'system'],
  ['dev/log', 'system'],
  ['etc/ld.so.cache', 'system'],
  ['etc', 'system'],
  ['etc/hosts', 'configuration'],
  ['etc/pam.d/su', 'configuration'],
  ['etc/skel/.profile', 'configuration'],
  ['etc/passwd', 'accounts'],
  ['etc/gshadow', 'accounts'],
  ['etc/passwd-', 'configuration'],
  ['usr/local', 'data'],
  ['usr/local/bin/own', 'data'],
  ['usr/localized', 'system'],
  ['home/a/admin', 'data'],
  ['var/www/html/index.html', 'data'],
  ['tmp', 'data'],
  ['root/.bashrc', 'data'],
])('%s is kept as %s', (path, keeping) => {
  expect(decideKeeping(path)).toBe(keeping);
});
