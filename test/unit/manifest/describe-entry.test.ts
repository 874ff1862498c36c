import { expect, it } from 'vitest';
import { rootOwner } from '../../../src/domain/owner.ts';
import { describeEntry } from '../../../src/manifest/describe-entry.ts';
import type { Entry } from '../../../src/manifest/entry.ts';
import { treePath } from '../../../src/manifest/tree-path.ts';

const why = 'a test';
const owned = { owner: rootOwner, mode: 0o644, why };

it.each<readonly [Entry, string]>([
  [{ type: 'dir', path: treePath('tmp'), ...owned, mode: 0o1777 }, 'dir      1777 0:0 tmp'],
  [
    {
      type: 'file',
      path: treePath('bin/ls'),
      ...owned,
      mode: 0o755,
      source: { copyOf: '/bin/ls' },
      shared: true,
    },
    'file     0755 0:0 bin/ls < /bin/ls',
  ],
  [
    { type: 'file', path: treePath('etc/hosts'), ...owned, source: { text: 'x' }, shared: false },
    'file     0644 0:0 etc/hosts',
  ],
  [{ type: 'symlink', path: treePath('bin'), target: 'usr/bin', why }, 'symlink  bin -> usr/bin'],
  [
    { type: 'hardlink', path: treePath('dev/log'), to: '/virtual/log', why },
    'hardlink dev/log = /virtual/log',
  ],
  [
    { type: 'device', path: treePath('dev/null'), ...owned, major: 1, minor: 3 },
    'device   0644 0:0 dev/null (1:3)',
  ],
  [{ type: 'symlink', path: treePath('a\u001bb'), target: 'c\nd', why }, 'symlink  a\\x1bb -> c\\x0ad'],
])('describes %j in one line', (entry, line) => {
  expect(describeEntry(entry)).toBe(line);
});
