import type { Identity } from './credentials.ts';
import { check, libcFunction } from './libc.ts';
import { rawSyscall } from './raw-syscall.ts';

/**
 * Does `act` with the file permissions of somebody else: the calling thread, and no other, has the user, group and
 * supplementary groups of `identity` where files are concerned (setfsuid(2)), and no capability in effect, so that
 * quotas and reserved blocks hold for it as for that user. `act` must do all its work before it returns: what it leaves
 * to another thread or to a later turn of the event loop is done as root.
 * Needs root; who the thread is itself is learnt at its first call. Throws what `act` throws, and a plain Error for root
 * as `identity`. Where the thread cannot become what it was, the process ends at once (SIGABRT): nothing may run on as a
 * mixture.
 */
export function withFileIdentity<T>(identity: Identity, act: () => T): T {
  if (identity.uid === 0 || identity.gid === 0 || identity.groups.includes(0))
    throw new Error('root’s own user or group is nobody’s file identity');
  own ??= readOwn();
  try {
    become(identity, own);
    return act();
  } finally {
    comeBack(own);
  }
}

/** What one thread is when it is itself. */
interface Self extends Identity {
  /** Its capability sets (capget(2)), and the same with none in effect. */
  readonly capabilities: Uint32Array;
  readonly noneInEffect: Uint32Array;
}

/** Each thread has this module to itself. */
let own: Self | undefined;

function readOwn(): Self {
  const capabilities = new Uint32Array(6);
  check(capget(capabilityVersion, bytesOf(capabilities)), 'capget');
  // Effective, permitted and inheritable of the lower 32, then of the others.
  const noneInEffect = capabilities.map((word, index) => (index % 3 === 0 ? 0 : word));
  return { ...readIds(), capabilities, noneInEffect };
}

function become(identity: Identity, { noneInEffect }: Self): void {
  setIds(identity);
  setCapabilities(noneInEffect);
  requireIds(identity);
}

function comeBack(self: Self): void {
  try {
    // Capabilities first: to change ids takes them.
    setCapabilities(self.capabilities);
    setIds(self);
    // The user 0 brings back those that concern files, even ones that were not in effect before (capabilities(7)).
    setCapabilities(self.capabilities);
    requireIds(self);
    return;
  } catch {
    // What counts is what the thread is now.
  }
  // process.abort() is for the main thread alone.
  if (!isSelf(self)) abort();
}

/** Where nothing could be changed, as for somebody who is not root, the thread is itself still. */
function isSelf(self: Self): boolean {
  const { uid, gid, groups, capabilities } = readOwn();
  const same = (mine: ArrayLike<number>, now: ArrayLike<number>) =>
    mine.length === now.length && Array.from(mine).every((word, index) => word === now[index]);
  return (
    uid === self.uid && gid === self.gid && same(self.groups, groups) && same(self.capabilities, capabilities)
  );
}

/** setgroups(2) tells of a failure, the others do not. */
function setIds({ uid, gid, groups }: Identity): void {
  rawSyscall('setgroups', 'wpw', groups.length, bytesOf(Uint32Array.from(groups)), 0);
  rawSyscall('setfsgid', 'www', gid, 0, 0);
  rawSyscall('setfsuid', 'www', uid, 0, 0);
}

function requireIds({ uid, gid }: Identity): void {
  if (readUser() !== uid || readGroup() !== gid)
    throw new Error(`the thread did not become user ${uid} to files`);
}

/** No user has this number, so that the call changes nothing; the answer is who the thread is. */
const nobodyAtAll = -1;

function readUser(): number {
  return rawSyscall('setfsuid', 'www', nobodyAtAll, 0, 0) >>> 0;
}

function readGroup(): number {
  return rawSyscall('setfsgid', 'www', nobodyAtAll, 0, 0) >>> 0;
}

function readIds(): Identity {
  // NGROUPS_MAX of Linux.
  const groups = new Uint32Array(65_536);
  const count = check(getgroups(groups.length, bytesOf(groups)), 'getgroups');
  return { uid: readUser(), gid: readGroup(), groups: [...groups.subarray(0, count)] };
}

function setCapabilities(sets: Uint32Array): void {
  check(capset(capabilityVersion, bytesOf(sets)), 'capset');
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer);
}

const capabilityVersion = bytesOf(Uint32Array.of(0x20080522, 0));
const abort = libcFunction<[], void>('void abort()');
const capget = libcFunction<[Uint8Array, Uint8Array]>('int capget(const void *, _Out_ void *)');
const capset = libcFunction<[Uint8Array, Uint8Array]>('int capset(const void *, const void *)');
const getgroups = libcFunction<[number, Uint8Array]>('int getgroups(int, void *)');
