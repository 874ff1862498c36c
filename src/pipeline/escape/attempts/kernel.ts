import { type Attempt, currentDir, judge, type Outcome, tryAll, untested } from '../attempt.ts';
import type { CallName } from '../call-numbers.ts';
import type { CallArgument, RemoteProcess } from '../remote-process.ts';
import type { Scene } from '../set-scene.ts';

/** A call, made so that it does nothing, and what it fails with where it is permitted. */
type Row = readonly [call: CallName, args: readonly CallArgument[], permitted: readonly string[]];

const missing = 'virtfs-no-such-file';
const invalid = 0x8000;

/** The kernel itself, and the parts of it that attackers come back to. */
export const kernelAttempts: readonly Attempt[] = [
  byCalls('load a part of the kernel', 'the whole machine', [
    ['init_module', [0, 0, ''], ['EFAULT', 'ENOEXEC', 'EINVAL']],
    ['finit_module', [-1, '', 0], ['EBADF']],
    ['delete_module', [missing, 0o4000], ['ENOENT']],
  ]),
  byCalls('start another kernel', 'the whole machine', [
    ['kexec_load', [0, 1000, 0, invalid], ['EINVAL', 'EBUSY']],
  ]),
  byCalls('restart the machine', 'every service, ended', [['reboot', [0, 0, 0, 0], ['EINVAL']]]),
  byCalls('reach the devices by ports', 'the whole machine', [
    ['iopl', [3], []],
    ['ioperm', [0x80, 1, 1], []],
  ]),
  {
    name: "write the kernel's settings",
    gives: 'a program of its choice, run by the kernel',
    type: 'escape',
    run: writeSettings,
  },
  byCalls('set the clock', 'expired keys and tickets, valid again', [['settimeofday', [0, 0], []]]),
  { name: 'set the host name', gives: 'a wrong name in logs and mail', type: 'escape', run: setHostName },
  byCalls('add swap space', 'memory of the machine, on a file of its own', [
    ['swapon', [missing, 0], ['ENOENT']],
  ]),
  byCalls('load a BPF program', 'the kernel, where BPF has a bug', [
    ['bpf', [0, Buffer.alloc(128), 128], ['EINVAL', 'E2BIG']],
  ]),
  byCalls('use io_uring', 'the kernel, where io_uring has a bug', [
    ['io_uring_setup', [1, Buffer.alloc(120)], ['EINVAL']],
  ]),
  byCalls('use userfaultfd', 'an easier use of bugs of the kernel', [['userfaultfd', [1], ['EINVAL']]]),
  byCalls('watch the files of a disk', 'who opens what, everywhere (fanotify)', [
    ['fanotify_init', [0, 0], ['EINVAL', 'EMFILE']],
  ]),
  byCalls("read the kernel's log", 'addresses that help against the kernel', [['syslog', [10, 0, 0], []]]),
];

function byCalls(name: string, gives: string, rows: readonly Row[]): Attempt {
  const run = ({ probe }: Scene) => tryAll(rows.map((row) => () => makeCall(probe, row)));
  return { name, gives, type: 'escape', run };
}

async function makeCall(probe: RemoteProcess, [call, args, permitted]: Row): Promise<Outcome> {
  return judge(call, await probe.call(call, ...args), permitted);
}

/** Opened for writing, and not written. */
function writeSettings({ probe }: Scene): Promise<Outcome> {
  const writeOnly = 1;
  const paths = ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sysrq-trigger'];
  return tryAll(
    paths.map((path) => async () => judge(path, await probe.call('openat', currentDir, path, writeOnly, 0))),
  );
}

/** To what it is. */
async function setHostName({ probe }: Scene): Promise<Outcome> {
  const fieldSize = 65;
  const read = await probe.call('uname', Buffer.alloc(6 * fieldSize));
  if (read.error !== undefined) return untested(`uname: ${read.error}`);
  const field = read.data(0).subarray(fieldSize, 2 * fieldSize);
  const name = field.subarray(0, field.indexOf(0));
  return judge('sethostname', await probe.call('sethostname', name, name.length));
}
