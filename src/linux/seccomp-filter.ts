import { type Machine, type SyscallName, syscallNumber } from './syscall-numbers.ts';

/** errno(3): the same numbers on every machine Linux runs on. */
const [EPERM, ENOSYS] = [1, 38];

/** An argument's low 32 bits, masked, have this value. The kernel takes no more than these of what we compare. */
interface Condition {
  readonly arg: number;
  readonly mask?: number;
  readonly equals: number;
  /** Turns it round: they have any other value. */
  readonly negated?: true;
}

interface Rule {
  readonly call: SyscallName;
  readonly errno: number;
  readonly when?: Condition;
}

const newUserNamespace = 0x10000000;

// biome-ignore format: a table
/** What no program in a tree may ask of the kernel, and what it is told. All else is allowed. */
const rules: readonly Rule[] = [
  // Typing into the terminal of the administrator who called virtexec.
  { call: 'ioctl',   errno: EPERM, when: { arg: 1, equals: 0x5412 /* TIOCSTI */ } },
  { call: 'ioctl',   errno: EPERM, when: { arg: 1, equals: 0x541c /* TIOCLINUX */ } },
  // The keyrings of root are the host's.
  { call: 'add_key',     errno: EPERM },
  { call: 'keyctl',      errno: EPERM },
  { call: 'request_key', errno: EPERM },
  // A file by its number goes past every directory, and so past the root directory.
  { call: 'open_by_handle_at', errno: EPERM },
  // Mounts and namespaces. clone3 hides its flags from a filter; the C library then falls back to clone.
  { call: 'mount',          errno: EPERM },
  { call: 'umount',         errno: EPERM },
  { call: 'umount2',        errno: EPERM },
  { call: 'pivot_root',     errno: EPERM },
  { call: 'open_tree',      errno: EPERM },
  { call: 'open_tree_attr', errno: EPERM },
  { call: 'move_mount',     errno: EPERM },
  { call: 'mount_setattr',  errno: EPERM },
  { call: 'fsopen',         errno: EPERM },
  { call: 'fsconfig',       errno: EPERM },
  { call: 'fsmount',        errno: EPERM },
  { call: 'fspick',         errno: EPERM },
  { call: 'unshare', errno: EPERM, when: { arg: 0, mask: newUserNamespace, equals: newUserNamespace } },
  { call: 'clone',   errno: EPERM, when: { arg: 0, mask: newUserNamespace, equals: newUserNamespace } },
  { call: 'clone3',  errno: ENOSYS },
  // Limits of others: the kernel asks for equal ids alone, so root of a tree could starve or end any daemon of the host.
  // Zero is the caller, which is what setrlimit(2) passes.
  { call: 'prlimit64', errno: EPERM, when: { arg: 0, equals: 0, negated: true } },
  // A lease on a file makes whoever else opens it wait, and root owns the files that all trees share.
  { call: 'fcntl',   errno: EPERM, when: { arg: 1, equals: 1024 /* F_SETLEASE */ } },
  { call: 'fcntl64', errno: EPERM, when: { arg: 1, equals: 1024 } },
  // The kernel itself, its log, and the parts of it attackers come back to.
  { call: 'bpf',               errno: EPERM },
  { call: 'perf_event_open',   errno: EPERM },
  { call: 'userfaultfd',       errno: EPERM },
  { call: 'io_uring_setup',    errno: EPERM },
  { call: 'init_module',       errno: EPERM },
  { call: 'finit_module',      errno: EPERM },
  { call: 'delete_module',     errno: EPERM },
  { call: 'kexec_load',        errno: EPERM },
  { call: 'kexec_file_load',   errno: EPERM },
  { call: 'syslog',            errno: EPERM },
];

const stop = 19;

// biome-ignore format: a table
/**
 * Where Landlock cannot hold signals back, at least not one to every process of the host at once, and none that would stop
 * a service that is just being started as the same user: who starts it waits for it, and so would all other domains.
 */
const unscopedSignals: readonly Rule[] = [
  { call: 'kill',              errno: EPERM, when: { arg: 0, equals: 0xffffffff } },
  { call: 'kill',              errno: EPERM, when: { arg: 1, equals: stop } },
  { call: 'tkill',             errno: EPERM, when: { arg: 1, equals: stop } },
  { call: 'tgkill',            errno: EPERM, when: { arg: 2, equals: stop } },
  { call: 'rt_sigqueueinfo',   errno: EPERM, when: { arg: 1, equals: stop } },
  { call: 'rt_tgsigqueueinfo', errno: EPERM, when: { arg: 2, equals: stop } },
  { call: 'pidfd_send_signal', errno: EPERM, when: { arg: 1, equals: stop } },
  // Another signal than SIGIO for what comes on a descriptor, to whoever is its owner.
  { call: 'fcntl',             errno: EPERM, when: { arg: 1, equals: 10 /* F_SETSIG */ } },
  { call: 'fcntl64',           errno: EPERM, when: { arg: 1, equals: 10 } },
];

/** AUDIT_ARCH_* of each machine whose programs the kernel can run on ours. */
const machines: Readonly<Record<'x64' | 'arm64', readonly (readonly [Machine, number])[]>> = {
  x64: [
    ['x64', 0xc000003e],
    ['i386', 0x40000003],
  ],
  arm64: [['arm64', 0xc00000b7]],
};

/** What only full root of the host can do; who starts services must, and whatever runs in a tree cannot. */
const enterNamespace: Rule = { call: 'setns', errno: EPERM };

/** Where it is needed, all but user namespaces: entering one of these would give every capability in there. */
const enterUserNamespace: readonly Rule[] = [0, newUserNamespace].map((flags) => ({
  call: 'setns',
  errno: EPERM,
  when: { arg: 1, mask: flags === 0 ? 0xffffffff : newUserNamespace, equals: flags },
}));

export interface FilterFacts {
  readonly arch: 'x64' | 'arm64';
  /** Signals are kept within the tree by other means. */
  readonly signalsScoped: boolean;
  /** The thread starts programs in namespaces of their own. */
  readonly entersCells?: boolean;
}

/**
 * The seccomp(2) filter of a program in a tree as an array of `struct sock_filter`.
 * Programs of a machine that is not in the table get ENOSYS for every call.
 */
export function encodeSeccompFilter(facts: FilterFacts): Uint8Array {
  const entering = facts.entersCells ? enterUserNamespace : [enterNamespace];
  const wanted = [...rules, ...entering, ...(facts.signalsScoped ? [] : unscopedSignals)];
  const words: number[] = [...load(4)];
  for (const [machine, audit] of machines[facts.arch]) {
    const body = encodeMachine(machine, wanted);
    words.push(...jump(equal, audit, 1, 0), always, countOf(body), ...body);
  }
  words.push(...answer(ENOSYS));
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** Instructions, two words each: code and jumps (`struct sock_filter`'s first four bytes), then the operand. */
type Instructions = readonly number[];

const equal = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const greaterOrEqual = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const always = 0x05; // BPF_JMP | BPF_JA
const and = 0x54; // BPF_ALU | BPF_AND | BPF_K
const x32Bit = 0x40000000;

function encodeMachine(machine: Machine, wanted: readonly Rule[]): Instructions {
  const words: number[] = [...load(0)];
  if (machine === 'x64') words.push(...jump(greaterOrEqual, x32Bit, 0, 1), ...answer(ENOSYS));
  for (const rule of wanted) words.push(...encodeRule(rule, machine));
  words.push(...answer(0));
  return words;
}

function encodeRule({ call, errno, when }: Rule, machine: Machine): Instructions {
  const number = syscallNumber(call, machine);
  if (number === undefined) return [];
  if (!when) return [...jump(equal, number, 0, 1), ...answer(errno)];
  const mask = when.mask === undefined ? [] : [and, when.mask];
  const test = [
    ...load(16 + 8 * when.arg),
    ...mask,
    ...(when.negated ? jump(equal, when.equals, 1, 0) : jump(equal, when.equals, 0, 1)),
    ...answer(errno),
    ...load(0),
  ];
  return [...jump(equal, number, 0, countOf(test)), ...test];
}

function countOf(words: Instructions): number {
  return words.length / 2;
}

/** Loads the 32-bit word at `offset` of struct seccomp_data: 0 the call's number, 4 the machine, 16 the arguments. */
function load(offset: number): Instructions {
  return [0x20, offset]; // BPF_LD | BPF_W | BPF_ABS
}

/** Skips `jumpTrue` or `jumpFalse` instructions. */
function jump(test: number, k: number, jumpTrue: number, jumpFalse: number): Instructions {
  return [test | (jumpTrue << 16) | (jumpFalse << 24), k];
}

/** Ends the filter: 0 lets the call pass, else it fails with `errno`. */
function answer(errno: number): Instructions {
  const allow = 0x7fff0000;
  const fail = 0x00050000;
  return [0x06, errno === 0 ? allow : fail | errno];
}
