import { openSync } from 'node:fs';
import { rawSyscall } from './raw-syscall.ts';

/** What the kernel calls the kinds of namespaces we make (namespaces(7)), and CLONE_NEW* of each. */
export const namespaceKinds = { mnt: 0x00020000, uts: 0x04000000, ipc: 0x08000000 } as const;

export type NamespaceKind = keyof typeof namespaceKinds;

/** Open namespaces, one of each kind. */
export type Namespaces = Readonly<Record<NamespaceKind, number>>;

/** The namespaces of the calling thread, as descriptors: the caller's to close. `/proc` must be the host's. */
export function openOwnNamespaces(): Namespaces {
  const open = (kind: NamespaceKind) => openSync(`/proc/thread-self/ns/${kind}`, 'r');
  return { mnt: open('mnt'), uts: open('uts'), ipc: open('ipc') };
}

/**
 * Moves the calling thread into the namespaces (setns(2)); its root and working directory are then the root of these
 * mounts. The thread must share root and working directory with no other.
 */
export function enterNamespaces({ mnt, uts, ipc }: Namespaces): void {
  rawSyscall('setns', 'www', uts, namespaceKinds.uts, 0);
  rawSyscall('setns', 'www', ipc, namespaceKinds.ipc, 0);
  rawSyscall('setns', 'www', mnt, namespaceKinds.mnt, 0);
}
