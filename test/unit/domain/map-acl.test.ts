import { describe, expect, it } from 'vitest';
import { mapAcl } from '../../../src/domain/map-acl.ts';

const [userObj, user, groupObj, group, mask, other] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20];
const nobody = 0xffff_ffff;

describe('mapAcl', () => {
  it('maps the ids of named users and groups and nothing else', () => {
    const entries = [
      [userObj, 7, nobody],
      [user, 6, 100],
      [groupObj, 5, nobody],
      [group, 4, 101],
      [mask, 7, nobody],
      [other, 0, nobody],
    ] as const;
    const mapped = mapAcl(acl(entries), (id) => id + 1000);
    expect(mapped).toEqual(
      acl(entries.map(([tag, mode, id]) => [tag, mode, id === nobody ? id : id + 1000] as const)),
    );
  });

  it('takes a part of a larger buffer, and leaves that as it is', () => {
    const whole = acl([[user, 6, 100]]);
    const buffer = Buffer.concat([Buffer.alloc(8), whole]);
    const before = Buffer.from(buffer);
    expect(mapAcl(buffer.subarray(8), (id) => id + 1)).toEqual(acl([[user, 6, 101]]));
    expect(buffer).toEqual(before);
  });

  it('leaves out whom the new domain does not know', () => {
    const mapped = mapAcl(
      acl([
        [userObj, 7, nobody],
        [user, 6, 100],
        [user, 6, 200],
      ]),
      (id) => (id === 100 ? undefined : id),
    );
    expect(mapped).toEqual(
      acl([
        [userObj, 7, nobody],
        [user, 6, 200],
      ]),
    );
  });

  it('takes no other version and no torn list', () => {
    const whole = acl([[userObj, 7, nobody]]);
    expect(mapAcl(whole.subarray(0, -1), (id) => id)).toBeUndefined();
    expect(mapAcl(Uint8Array.from([3, 0, 0, 0, ...whole.subarray(4)]), (id) => id)).toBeUndefined();
    expect(mapAcl(new Uint8Array(3), (id) => id)).toBeUndefined();
  });
});

function acl(entries: readonly (readonly [tag: number, mode: number, id: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 8 * entries.length));
  view.setUint32(0, 2, true);
  for (const [index, [tag, mode, id]] of entries.entries()) {
    view.setUint16(4 + 8 * index, tag, true);
    view.setUint16(6 + 8 * index, mode, true);
    view.setUint32(8 + 8 * index, id, true);
  }
  return new Uint8Array(view.buffer);
}
