import {
  capability,
  clearAmbientSet,
  dropBoundingSet,
  readBoundingSet,
  readCapabilities,
  setCapabilities,
} from '../linux/capabilities.ts';
import { NotIsolated } from './run-isolation-steps.ts';

/**
 * What root of a tree may do beyond what any user may: handle the tree's files whoever owns them, become the tree's
 * users, end their programs, listen on ports below 1024, and have PAM write to the audit log. Nothing here reaches out
 * of a root directory: no SYS_CHROOT, SYS_ADMIN, MKNOD, SYS_PTRACE, DAC_READ_SEARCH, NET_ADMIN, and no SETPCAP or
 * SETFCAP to hand on more.
 */
export const treeCapabilities = Object.values(capability)
  .filter((number) => number !== capability.sysChroot)
  .reduce((set, number) => set | (1n << BigInt(number)), 0n);

/**
 * A network service has SYS_CHROOT too: those that give up rights lock their unprivileged half into an empty folder. It is
 * only safe where the tree is the root of the mount namespace, so that no `..` leads further up.
 */
export const serviceCapabilities = treeCapabilities | (1n << BigInt(capability.sysChroot));

/** No program started from here on, set-user-id ones included, can have more than `kept`. */
export function limitCapabilities(kept: bigint): void {
  clearAmbientSet();
  dropBoundingSet(kept);
  const have = readBoundingSet();
  if ((have & ~kept) !== 0n) throw new NotIsolated(`capabilities 0x${(have & ~kept).toString(16)} stay`);
}

/** Drops what this thread itself has: all of it for a user, what is not in `kept` for root. */
export function dropCapabilities(isRoot: boolean, kept: bigint): void {
  const wanted = isRoot ? readCapabilities().permitted & kept : 0n;
  setCapabilities({ effective: wanted, permitted: wanted, inheritable: 0n });
  const { effective, permitted, inheritable } = readCapabilities();
  const left = (effective | permitted | inheritable) & ~wanted;
  if (left !== 0n) throw new NotIsolated(`capabilities 0x${left.toString(16)} stay`);
}
