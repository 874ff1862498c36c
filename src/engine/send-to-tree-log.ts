import { closeSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { openBeneath } from '../linux/files.ts';
import { openSyslog } from '../linux/syslog.ts';

const openAsPath = 0o10000000;
const noFollow = 0o400000;

/**
 * Sends one line to the socket that stands at `dev/log` of a tree, whoever listens there, as programs of the tree would;
 * false when nobody takes it. No link is followed.
 */
export function sendToTreeLog(rootFd: number, domain: DomainName, ident: string, text: string): boolean {
  let fd: number;
  try {
    fd = openBeneath(rootFd, `${domain}/dev/log`, openAsPath | noFollow);
  } catch (error) {
    const codes = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'EAGAIN'];
    if (codes.some((code) => isErrno(error, code))) return false;
    throw error;
  }
  try {
    using log = openSyslog({ path: `/proc/self/fd/${fd}`, ident, reconnects: false });
    return log.send('info', text);
  } finally {
    closeSync(fd);
  }
}
