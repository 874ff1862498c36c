import type { ListedCall } from '../linux/call-list.ts';
import type { Identity } from '../linux/credentials.ts';
import { encodeStrings } from '../linux/encode-strings.ts';
import { namespaceKinds } from '../linux/set-namespace.ts';
import { ownSyscallNumber, type SyscallName } from '../linux/syscall-numbers.ts';
import { serviceCapabilities } from './drop-capabilities.ts';
import type { Cell } from './make-cell.ts';

/** How a service is started in a cell. All of it is fixed but the environment. */
export interface ServiceStart {
  readonly cell: Cell;
  readonly identity: Identity;
  /** The capabilities it may have, within `serviceCapabilities`; of the bounding set they are all that is left. */
  readonly capabilities: bigint;
  readonly noNewPrivileges: boolean;
  /** -20 to 19; undefined leaves it. */
  readonly nice: number | undefined;
  readonly limits: readonly SetLimit[];
  /**
   * Signals the caller ignores or catches. They would stay ignored (signal(7)), and one that is caught would be so in the
   * child, on memory that is the caller's.
   */
  readonly ownSignals: readonly number[];
  /** The last descriptors of those the child has a copy of, for the connection and for standard error. */
  readonly handOver: HandOver;
  /** Paths inside the tree, tried in order. */
  readonly candidates: readonly string[];
  /** The program's name as it is told, and its arguments. */
  readonly args: readonly Uint8Array[];
}

/** RLIMIT_* and its values (prlimit(2)). */
export interface SetLimit {
  readonly resource: number;
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Descriptors the caller makes names of the connection and of standard error before it starts a child. */
export interface HandOver {
  readonly connection: number;
  readonly error: number;
  /** Where another thread that starts children has a connection, which a child may come to have a copy of. */
  readonly foreign?: number | undefined;
}

/** The calls, and where the environment goes in them. */
export interface ServiceCalls {
  readonly calls: readonly ListedCall[];
  /** Calls whose argument 2 is the environment. */
  readonly environmentAt: readonly number[];
}

const [input, output, error] = [0, 1, 2];

/**
 * What a child does between its beginning and the service, for a thread that already has the seccomp filter and the small
 * bounding set of `confineStarter`, and is root without further groups. The order is forced as in `enterTree`.
 */
export function listServiceCalls(start: ServiceStart): ServiceCalls {
  const calls: ListedCall[] = [];
  const add = (name: string, call: SyscallName, ...args: ListedCall['args']): number =>
    calls.push({
      name,
      number: ownSyscallNumber(call),
      args,
      ...(call === 'setsockopt' && { mayFail: true }),
    }) - 1;

  // Any process may join the groups of its session, whosever they are, and a group that is left with a stopped process in
  // it gets SIGHUP from the kernel, past uids and Landlock (setpgid(2)).
  add('make a session of its own', 'setsid');
  addCell(start.cell, add);
  addDescriptors(start.handOver, add);
  if (start.nice !== undefined) add('set the niceness', 'setpriority', 0, 0, start.nice);
  for (const { resource, soft, hard } of start.limits) {
    add('set a limit', 'prlimit64', 0, resource, sharedBytes(bytesOf(BigUint64Array.of(soft, hard))), 0);
  }
  addIdentity(start, add);
  if (start.noNewPrivileges) add('deny new privileges', 'prctl', 38, 1, 0, 0, 0);
  for (const signal of start.ownSignals) {
    add('reset signals', 'rt_sigaction', signal, sharedBytes(new Uint8Array(32)), 0, 8);
  }
  add('unblock signals', 'rt_sigprocmask', 2, sharedBytes(new Uint8Array(8)), 0, 8);
  const argv = encodeStrings(start.args);
  const environmentAt = start.candidates.map((path) => {
    const number = ownSyscallNumber('execve');
    return calls.push({ name: 'run the program', number, args: [cString(path), argv, 0], mayFail: true }) - 1;
  });
  return { calls, environmentAt };
}

type Add = (name: string, call: SyscallName, ...args: ListedCall['args']) => number;

function addCell({ namespaces: { mnt, uts, ipc }, ruleset }: Cell, add: Add): void {
  add('enter the host name', 'setns', uts, namespaceKinds.uts);
  add('enter the IPC', 'setns', ipc, namespaceKinds.ipc);
  add('enter the mounts of the tree', 'setns', mnt, namespaceKinds.mnt);
  if (ruleset !== undefined) add('restrict it by Landlock', 'landlock_restrict_self', ruleset, 0);
}

/**
 * Until here the child shares our descriptors, of which there may be thousands; now it gets copies of the first few, and
 * of these the program gets three.
 */
function addDescriptors({ connection, error: errorFd, foreign }: HandOver, add: Add): void {
  const [unshare, closeOnExec] = [2, 4];
  const first = Math.max(connection, errorFd) + 1;
  add('have descriptors of its own', 'close_range', first, 0xffffffff, unshare);
  if (foreign !== undefined) {
    // Of another domain. Should its service end just now, the last one to close waits as long as SO_LINGER says.
    add('let go of a foreign connection', 'setsockopt', foreign, 1, 13, sharedBytes(new Uint8Array(8)), 8);
    add('close a foreign connection', 'close_range', foreign, foreign, 0);
  }
  for (const fd of [input, output]) add('hand over the connection', 'dup3', connection, fd, 0);
  add('hand over standard error', 'dup3', errorFd, error, 0);
  add('close descriptors', 'close_range', error + 1, 0xffffffff, closeOnExec);
}

function addIdentity({ identity: { uid, gid, groups }, capabilities }: ServiceStart, add: Add): void {
  const [bounding, drop] = [serviceCapabilities & ~capabilities, 24];
  for (const number of numbersOf(bounding)) add('limit capabilities', 'prctl', drop, number, 0, 0, 0);
  const isOurs = uid === 0 && gid === 0 && groups.length === 0;
  if (!isOurs) {
    const list = Uint32Array.from(groups);
    add('change the groups', 'setgroups', list.length, ownBytes(bytesOf(list)));
    add('change the group', 'setresgid', gid, gid, gid);
    add('change the user', 'setresuid', uid, uid, uid);
  }
  add('drop capabilities', 'capset', capabilityHeader(), capabilityData(uid === 0 ? capabilities : 0n));
}

function numbersOf(capabilities: bigint): readonly number[] {
  const numbers = Array.from({ length: 64 }, (_, number) => number);
  return numbers.filter((number) => (capabilities & (1n << BigInt(number))) !== 0n);
}

function capabilityHeader(): Uint8Array {
  return sharedBytes(bytesOf(Uint32Array.of(0x20080522, 0)));
}

/** Effective and permitted, none inheritable; low halves first (capset(2)). */
function capabilityData(kept: bigint): Uint8Array {
  const low = Number(kept & 0xffffffffn);
  const high = Number(kept >> 32n);
  return sharedBytes(bytesOf(Uint32Array.of(low, low, 0, high, high, 0)));
}

function cString(text: string): Uint8Array {
  return sharedBytes(Buffer.from(`${text}\0`));
}

function bytesOf(numbers: Uint32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Large enough that they are not kept among the objects that the garbage collector moves. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  const own = new Uint8Array(new ArrayBuffer(Math.max(128, bytes.byteLength)));
  own.set(bytes);
  return own;
}

const made = new Map<string, Uint8Array>();

/** The same ones for all lists: of thousands, most differ in descriptors alone. Only for what no tenant can vary. */
function sharedBytes(bytes: Uint8Array): Uint8Array {
  const key = Buffer.from(bytes).toString('latin1');
  const known = made.get(key);
  if (known !== undefined) return known;
  const own = ownBytes(bytes);
  made.set(key, own);
  return own;
}
