import { closeSync } from 'node:fs';
import { check, libcFunction } from './libc.ts';
import { rawSyscall } from './raw-syscall.ts';

/** Attributes of one mount (mount_setattr(2)). */
export const mountAttr = { readOnly: 0x1, noSuid: 0x2, noDev: 0x4, noExec: 0x8 } as const;

const atEmptyPath = 0x1000;
const atRecursive = 0x8000;

/**
 * From here on no mount made in this mount namespace reaches another one; what the host unmounts goes away here too,
 * so that a program left running holds no disk of the host.
 */
export function detachMountsFromHost(): void {
  const mount = libcFunction<[string, string, null, bigint, null]>(
    'int mount(const char *, const char *, const char *, unsigned long, const void *)',
  );
  const recursive = 0x4000n;
  const slave = 0x80000n;
  check(mount('none', '/', null, recursive | slave, null), 'mount');
}

/** A mount of its own of the open directory, and of all mounts below it, not attached anywhere yet (open_tree(2)). */
export function cloneMount(dirfd: number): number {
  const clone = 0x1;
  const cloexec = 0o2000000;
  return rawSyscall('open_tree', 'wpw', dirfd, '', clone | cloexec | atEmptyPath | atRecursive);
}

/** Attaches a mount on the open directory `dirfd` (move_mount(2)). */
export function attachMount(mountFd: number, dirfd: number): void {
  const fromEmptyPath = 0x4;
  const toEmptyPath = 0x40;
  rawSyscall('move_mount', 'wpwpw', mountFd, '', dirfd, '', fromEmptyPath | toEmptyPath);
}

/** Makes a mount and all below it read-only, for root too (mount_setattr(2), Linux 5.12). */
export function makeReadOnly(mountFd: number): void {
  const attr = new BigUint64Array([BigInt(mountAttr.readOnly), 0n, 0n, 0n]);
  const bytes = new Uint8Array(attr.buffer);
  rawSyscall('mount_setattr', 'wpwp', mountFd, '', atEmptyPath | atRecursive, bytes, bytes.byteLength);
}

/**
 * From here on what happens to this mount, and to all on it, happens to no other: not to the mounts of the host that one
 * made by `mount --rbind` shares its events with. EINVAL when the descriptor is not the top of a mount.
 */
export function makePrivate(mountFd: number): void {
  const isPrivate = 1n << 18n;
  const attr = new BigUint64Array([0n, 0n, isPrivate, 0n]);
  const bytes = new Uint8Array(attr.buffer);
  rawSyscall('mount_setattr', 'wpwp', mountFd, '', atEmptyPath | atRecursive, bytes, bytes.byteLength);
}

/** Takes the mount, and all on it, out of the file tree; it goes when nobody uses it any more (umount2(2) MNT_DETACH). */
export function detachMount(mountFd: number): void {
  const detach = 2;
  rawSyscall('umount2', 'pww', `/proc/self/fd/${mountFd}`, detach, 0);
}

/** A new instance of a kernel file system, not attached anywhere yet (fsopen(2), fsmount(2)). */
export function makeKernelMount(
  type: 'proc' | 'devpts',
  options: Readonly<Record<string, string>>,
  attributes: number,
): number {
  const cloexec = 1;
  const setString = 1;
  const create = 6;
  const context = rawSyscall('fsopen', 'pww', type, cloexec, 0);
  try {
    for (const [key, value] of Object.entries(options)) {
      rawSyscall('fsconfig', 'wwppw', context, setString, key, value, 0);
    }
    rawSyscall('fsconfig', 'wwppw', context, create, null, null, 0);
    return rawSyscall('fsmount', 'www', context, cloexec, attributes);
  } finally {
    closeSync(context);
  }
}
