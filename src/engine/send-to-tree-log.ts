import { closeSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
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
    // Whatever a tree has there, or the system has no room for: a line in a log is not worth more.
    if (Error.isError(error) && 'code' in error) return false;
    throw error;
  }
  try {
    using log = openSyslog({ path: `/proc/self/fd/${fd}`, ident, reconnects: false });
    return log.send('info', text);
  } finally {
    closeSync(fd);
  }
}
