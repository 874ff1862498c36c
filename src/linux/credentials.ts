import { check, libcFunction } from './libc.ts';
import { rawSyscall } from './raw-syscall.ts';

/** Who a process is to the kernel. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

/** Gives the calling thread groups, group and user for good, in the only order that works. */
export function becomeIdentity({ uid, gid, groups }: Identity): void {
  rawSyscall('setgroups', 'wpw', groups.length, new Uint8Array(Uint32Array.from(groups).buffer), 0);
  rawSyscall('setresgid', 'www', gid, gid, gid);
  rawSyscall('setresuid', 'www', uid, uid, uid);
}

/** True when real, effective and saved ids and the groups of the calling thread are those of `identity`, no others. */
export function hasIdentity({ uid, gid, groups }: Identity): boolean {
  const three = (ids: Uint32Array, id: number) => ids.every((each) => each === id);
  const have = new Set(readGroups());
  return (
    three(readIds('getresuid'), uid) &&
    three(readIds('getresgid'), gid) &&
    have.size === new Set(groups).size &&
    groups.every((group) => have.has(group))
  );
}

function readIds(call: 'getresuid' | 'getresgid'): Uint32Array {
  const read = libcFunction<[Uint8Array, Uint8Array, Uint8Array]>(`int ${call}(void *, void *, void *)`);
  const ids = new Uint32Array(3);
  const [first, second, third] = [0, 4, 8].map((offset) => new Uint8Array(ids.buffer, offset, 4));
  if (!first || !second || !third) throw new Error('three ids');
  check(read(first, second, third), call);
  return ids;
}

function readGroups(): Uint32Array {
  const getgroups = libcFunction<[number, Uint8Array | null]>('int getgroups(int, void *)');
  const groups = new Uint32Array(check(getgroups(0, null), 'getgroups'));
  if (groups.length > 0) check(getgroups(groups.length, new Uint8Array(groups.buffer)), 'getgroups');
  return groups;
}
