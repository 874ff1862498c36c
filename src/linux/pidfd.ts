import { rawSyscall } from './raw-syscall.ts';

/** Signals of a process that is to end. */
export const endSignals = { SIGKILL: 9, SIGTERM: 15 } as const;

/**
 * A descriptor of the process `pid` as it is now: when it ends and another gets its number, this one does not become that
 * (pidfd_open(2), Linux 5.3). ESRCH when there is none. It is close-on-exec.
 */
export function openPidfd(pid: number): number {
  return rawSyscall('pidfd_open', 'www', pid, 0, 0);
}

/** Sends a signal to the very process of the descriptor (pidfd_send_signal(2)). ESRCH when it has ended. */
export function signalPidfd(pidfd: number, signal: number): void {
  rawSyscall('pidfd_send_signal', 'wwpw', pidfd, signal, null, 0);
}

/** A copy of descriptor `number` of that process (pidfd_getfd(2), Linux 5.6). EBADF when it has none of that number. */
export function copyDescriptorOf(pidfd: number, number: number): number {
  return rawSyscall('pidfd_getfd', 'www', pidfd, number, 0);
}
