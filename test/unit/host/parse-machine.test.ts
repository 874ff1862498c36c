import { describe, expect, test } from 'vitest';
import { parseDpkgStatus } from '../../../src/host/parse-dpkg-status.ts';
import { parseLimit } from '../../../src/host/parse-limit.ts';
import { parseMountOptions } from '../../../src/host/parse-mount-options.ts';

describe('parseDpkgStatus', () => {
  test('has the versions of what is installed', () => {
    const text = [
      'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u8\nDescription: x\n Version: 7\n Package: y',
      'Package: gone\nStatus: deinstall ok config-files\nVersion: 1',
      'Package: half\nStatus: install ok half-configured\nVersion: 1',
      'Package: held\nStatus: hold ok installed\nVersion: 1:3~rc1',
      'Package: broken\nStatus: install ok installed',
    ].join('\n\n');
    expect([...parseDpkgStatus(text)]).toEqual([
      ['libc6', '2.36-9+deb12u8'],
      ['held', '1:3~rc1'],
    ]);
    expect(parseDpkgStatus('').size).toBe(0);
  });
});

describe('parseLimit', () => {
  const text =
    'Limit                     Soft Limit           Hard Limit           Units\nMax processes             100                  unlimited            processes\nMax open files            1024                 4096                 files\n';

  test.each([
    ['Max open files', 4096],
    ['Max processes', Number.POSITIVE_INFINITY],
    ['Max moods', undefined],
  ])('has the hard limit of %s', (name, limit) => {
    expect(parseLimit(text, name)).toBe(limit);
  });
});

describe('parseMountOptions', () => {
  const text =
    '21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n40 21 0:30 / /srv/a\\040b rw,nosuid,noexec shared:2 master:3 - tmpfs tmpfs ro,size=4k\n';

  test('has the options of the mount and of its file system', () => {
    expect(parseMountOptions(text, 40n)).toEqual({
      type: 'tmpfs',
      options: ['rw', 'nosuid', 'noexec', 'ro', 'size=4k'],
    });
    expect(parseMountOptions(text, 21n)?.type).toBe('ext4');
  });

  test('knows nothing of a mount that is not there, or of another text', () => {
    expect(parseMountOptions(text, 4n)).toBeUndefined();
    expect(parseMountOptions('40 x', 40n)).toBeUndefined();
  });
});
