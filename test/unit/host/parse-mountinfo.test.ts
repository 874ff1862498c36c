import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../../src/host/parse-mountinfo.ts';

describe('parseMountinfo', () => {
  it('reads ids, mount point, type and source, whatever optional fields stand between', () => {
    const text = [
      '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue',
      '40 36 0:33 / /mnt2/tmp rw shared:7 propagate_from:2 - tmpfs none rw',
      '41 36 0:34 / /mnt2/x rw - proc proc rw',
    ].join('\n');
    expect(
      parseMountinfo(Buffer.from(`${text}\n`)).map((line) => ({ ...line, point: String(line.point) })),
    ).toEqual([
      { id: 36, parent: 35, point: '/mnt2', type: 'ext3', source: '/dev/root', isShared: false },
      { id: 40, parent: 36, point: '/mnt2/tmp', type: 'tmpfs', source: 'none', isShared: true },
      { id: 41, parent: 36, point: '/mnt2/x', type: 'proc', source: 'proc', isShared: false },
    ]);
  });

  it('gives names byte for byte', () => {
    const text = Buffer.concat([
      Buffer.from('1 2 0:1 / /a\\040b\\012\\134'),
      Buffer.of(0xff),
      Buffer.from(' rw - x y z'),
    ]);
    expect(parseMountinfo(text)[0]?.point).toEqual(Buffer.concat([Buffer.from('/a b\n\\'), Buffer.of(0xff)]));
  });

  it('passes over a line that was cut', () => {
    expect(parseMountinfo(Buffer.from('36 35 98:0 /mnt1 /mnt2 rw\n36 35\n'))).toEqual([]);
  });
});
