/** The machines whose programs may run in a tree: the two we support, and the 32-bit programs of x86-64. */
export type Machine = 'x64' | 'i386' | 'arm64';

/** Numbers of one system call, undefined where the machine never had it. */
type Row = readonly [x64: number | undefined, i386: number | undefined, arm64: number | undefined];

// biome-ignore format: a table
/** System call numbers (arch/x86/entry/syscalls/*.tbl, include/uapi/asm-generic/unistd.h of Linux). */
const numbers = {
  add_key:           [248, 286, 217],
  bpf:               [321, 357, 280],
  capset:            [126, 185, 91],
  clone:             [56,  120, 220],
  clone3:            [435, 435, 435],
  close_range:       [436, 436, 436],
  delete_module:     [176, 129, 106],
  dup3:              [292, 330, 24],
  execve:            [59,  11,  221],
  fcntl:             [72,  55,  25],
  fcntl64:           [undefined, 221, undefined],
  finit_module:      [313, 350, 273],
  fsconfig:          [431, 431, 431],
  fsmount:           [432, 432, 432],
  fsopen:            [430, 430, 430],
  fspick:            [433, 433, 433],
  init_module:       [175, 128, 105],
  io_uring_setup:    [425, 425, 425],
  ioctl:             [16,  54,  29],
  kexec_file_load:   [320, undefined, 294],
  kexec_load:        [246, 283, 104],
  keyctl:            [250, 288, 219],
  kill:              [62,  37,  129],
  landlock_add_rule:       [445, 445, 445],
  landlock_create_ruleset: [444, 444, 444],
  landlock_restrict_self:  [446, 446, 446],
  mount:             [165, 21,  40],
  mount_setattr:     [442, 442, 442],
  move_mount:        [429, 429, 429],
  open_by_handle_at: [304, 342, 265],
  open_tree:         [428, 428, 428],
  open_tree_attr:    [467, 467, 467],
  perf_event_open:   [298, 336, 241],
  pidfd_getfd:       [438, 438, 438],
  pidfd_open:        [434, 434, 434],
  pidfd_send_signal: [424, 424, 424],
  pivot_root:        [155, 217, 41],
  prlimit64:         [302, 340, 261],
  prctl:             [157, 172, 167],
  request_key:       [249, 287, 218],
  rt_sigaction:      [13,  174, 134],
  rt_sigprocmask:    [14,  175, 135],
  rt_sigqueueinfo:   [129, 178, 138],
  rt_tgsigqueueinfo: [297, 335, 240],
  setfsgid:          [123, 216, 152],
  setfsuid:          [122, 215, 151],
  setgroups:         [116, 206, 159],
  setns:             [308, 346, 268],
  setpgid:           [109, 57,  154],
  setpriority:       [141, 97,  140],
  setresgid:         [119, 210, 149],
  setresuid:         [117, 208, 147],
  setsid:            [112, 66,  157],
  setsockopt:        [54,  366, 208],
  syslog:            [103, 103, 116],
  tgkill:            [234, 270, 131],
  tkill:             [200, 238, 130],
  umask:             [95,  60,  166],
  umount:            [undefined, 22, undefined],
  umount2:           [166, 52,  39],
  unshare:           [272, 310, 97],
  userfaultfd:       [323, 374, 282],
} as const satisfies Readonly<Record<string, Row>>;

export type SyscallName = keyof typeof numbers;

const column: Readonly<Record<Machine, 0 | 1 | 2>> = { x64: 0, i386: 1, arm64: 2 };

export function syscallNumber(name: SyscallName, machine: Machine): number | undefined {
  return numbers[name][column[machine]];
}

/** The number on the machine this process was built for. */
export function ownSyscallNumber(name: SyscallName): number {
  const number = syscallNumber(name, process.arch === 'arm64' ? 'arm64' : 'x64');
  if (number === undefined) throw new Error(`no system call ${name} on ${process.arch}`);
  return number;
}
