import type { KernelFacts } from '../../domain/machine-facts.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { type Finding, note, ok, problem, unseen } from './finding.ts';

const area = 'kernel';
const newer = 'run Linux 5.12 or later, 6.12 for all that virtfs can use: uname -r';

/** What of the kernel virtfs needs, and what it would use. */
export function describeKernel(facts: KernelFacts): readonly Finding[] {
  return [
    ok(area, `Linux ${escapeLines(facts.release)}`),
    needed(
      facts.openat2,
      'openat2: trees can be worked on',
      'it lacks openat2(2), without which no tree is touched',
    ),
    needed(
      facts.mountApi,
      'mounts of one program alone: virtexec can shut it in',
      'it lacks mount_setattr(2): virtexec runs nothing',
    ),
    needed(
      facts.seccomp,
      'seccomp: virtexec can filter system calls',
      'it lacks seccomp(2): virtexec runs nothing',
    ),
    needed(
      facts.pidfd,
      'pidfd: processes of a tree can be ended safely',
      'it lacks pidfd_open(2): virtfs remove --force cannot end processes',
    ),
    describeProc(facts.privateProc),
    describeLandlock(facts.landlock),
    ...describeUserNamespaces(facts.userNamespaces),
    ...describeTiocsti(facts.legacyTiocsti),
  ];
}

function needed(isThere: boolean, what: string, lacking: string): Finding {
  return isThere ? ok(area, what) : problem(area, lacking, newer);
}

function describeProc(works: boolean | undefined): Finding {
  if (works === undefined) return unseen(area, 'whether a tree can have a /proc of its own is not known');
  return works
    ? ok(area, 'a /proc for each program, which shows its own processes alone')
    : problem(
        area,
        'it cannot mount a /proc with hidepid=ptraceable: virtexec runs nothing',
        `${newer}; in a container, give it CAP_SYS_ADMIN`,
      );
}

function describeLandlock(version: number): Finding {
  if (version >= 6)
    return ok(
      area,
      `Landlock ${version}: programs in trees cannot signal or reach others over abstract sockets`,
    );
  const open = 'programs of one user in two trees can signal one another and meet at abstract sockets';
  const mend =
    'Linux 6.12 or later has Landlock 6; where it is off, boot with lsm=landlock,… : cat /sys/kernel/security/lsm';
  if (version >= 2) return note(area, `Landlock ${version}: ${open}`, mend);
  return note(area, `no Landlock of use: ${open}, and trace one another`, mend);
}

function describeUserNamespaces(open: boolean | undefined): readonly Finding[] {
  if (open === undefined) return [];
  return [
    ok(
      area,
      `user namespaces ${open ? 'for anyone: programs in trees are kept from them' : 'for root alone'}`,
    ),
  ];
}

function describeTiocsti(on: boolean | undefined): readonly Finding[] {
  // Linux before 6.2 has no switch: there it is always on.
  if (on === false) return [ok(area, 'no program may type into its terminal')];
  const what =
    'a program may type into its terminal (dev.tty.legacy_tiocsti); virtexec forbids it, su and chroot do not';
  return [
    note(
      area,
      what,
      on === undefined ? 'Linux 6.2 or later can switch it off' : 'sysctl -w dev.tty.legacy_tiocsti=0',
    ),
  ];
}
