import { expect, test } from 'vitest';
import { planLdCache } from '../../../src/closure/plan-ld-cache.ts';
import { tableHost } from '../../support/table-host.ts';

test('planLdCache enters what ldconfig would, in the order of the folders', () => {
  const host = tableHost({
    '/etc/ld.so.conf': { text: '/opt/b\n/opt/a\n' },
    '/lib': { link: 'usr/lib' },
    '/usr/lib/x86_64-linux-gnu/libc.so.6': { elf: { soname: 'libc.so.6' } },
    '/usr/lib/x86_64-linux-gnu/libz.so.1': { link: 'libz.so.1.2' },
    '/usr/lib/x86_64-linux-gnu/libz.so.1.2': { elf: { soname: 'libz.so.1' } },
    '/usr/lib/x86_64-linux-gnu/security/pam_x.so': { elf: {} },
    '/opt/a/libc.so.6': { elf: { soname: 'libc.so.6' } },
    '/opt/a/libarm.so': { elf: { machine: 183 } },
    '/opt/a/lib32.so': { elf: { bits: 32 } },
    '/opt/a/libtext.so': { text: 'INPUT(x)' },
    '/opt/a/libä.so': { elf: {} },
    '/opt/b/libown.so': { elf: {} },
    '/opt/c/libelse.so': { elf: {} },
  });
  const paths = [
    '/lib/x86_64-linux-gnu/libz.so.1',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/usr/lib/x86_64-linux-gnu/libz.so.1.2',
    '/lib/x86_64-linux-gnu/security/pam_x.so',
    ...[
      '/opt/a/libc.so.6',
      '/opt/a/libarm.so',
      '/opt/a/lib32.so',
      '/opt/a/libtext.so',
      '/opt/a/libä.so',
      '/opt/a/libgone.so',
    ],
    '/opt/b/libown.so',
    '/opt/c/libelse.so',
  ];
  expect(planLdCache(paths, host, 62)).toEqual([
    { soname: 'libown.so', path: '/opt/b/libown.so' },
    { soname: 'libc.so.6', path: '/opt/a/libc.so.6' },
    { soname: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' },
    { soname: 'libz.so.1', path: '/lib/x86_64-linux-gnu/libz.so.1' },
  ]);
});
