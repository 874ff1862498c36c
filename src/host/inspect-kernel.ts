import { closeSync, constants, existsSync, openSync } from 'node:fs';
import type { KernelFacts } from '../domain/machine-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';
import { readLandlockVersion } from '../linux/landlock.ts';
import { makeKernelMount, mountAttr } from '../linux/mounts.ts';
import { openPidfd } from '../linux/pidfd.ts';
import { rawSyscall } from '../linux/raw-syscall.ts';
import { readNumber } from './read-number.ts';

/** What this kernel can do of what virtfs asks for: each call is made for a trial, and nothing is left of it. */
export function inspectKernel(): KernelFacts {
  const unprivileged = readNumber('/proc/sys/kernel/unprivileged_userns_clone');
  const most = readNumber('/proc/sys/user/max_user_namespaces');
  const tiocsti = readNumber('/proc/sys/dev/tty/legacy_tiocsti');
  return {
    release: process.getBuiltinModule('node:os').release(),
    openat2: answers(tryOpenat2),
    mountApi: answers(() => rawSyscall('mount_setattr', 'wpwp', -1, '', 0, null, 0)),
    privateProc: process.geteuid?.() === 0 ? succeeds(tryProc) : undefined,
    landlock: answers(readLandlockVersion) ? readLandlockVersion() : 0,
    seccomp: existsSync('/proc/sys/kernel/seccomp/actions_avail'),
    pidfd: answers(() => closeSync(openPidfd(process.pid))),
    userNamespaces: most === undefined ? undefined : most > 0 && unprivileged !== 0,
    legacyTiocsti: tiocsti === undefined ? undefined : tiocsti !== 0,
  };
}

function tryOpenat2(): void {
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    closeSync(openBeneath(root, '.', constants.O_RDONLY | constants.O_DIRECTORY));
  } finally {
    closeSync(root);
  }
}

function tryProc(): void {
  const { readOnly, noSuid, noDev, noExec } = mountAttr;
  closeSync(makeKernelMount('proc', { hidepid: 'ptraceable' }, readOnly | noSuid | noDev | noExec));
}

/** False when the kernel lacks the call, or a filter around us forbids it; any other complaint is about the words. */
function answers(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return !isErrno(error, 'ENOSYS') && !isErrno(error, 'EPERM');
  }
}

function succeeds(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return false;
  }
}

function isSystemError(error: unknown): boolean {
  return Error.isError(error) && 'code' in error;
}
