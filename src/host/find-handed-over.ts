import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { isListening } from '../linux/sockets.ts';

/**
 * Who handed over sockets that wait for connections: systemd, by LISTEN_FDS for this very process (sd_listen_fds(3)), or
 * inetd with `wait`, as standard input. Throws BAD_USAGE where systemd hands over a connection beside standard input.
 */
export function findHandedOver(
  env: Readonly<Record<string, string | undefined>>,
): 'systemd' | 'inetd' | undefined {
  if (env.LISTEN_PID === String(process.pid) && Number(env.LISTEN_FDS) > 0) {
    if (waits(3)) return 'systemd';
    throw new VirtfsError('BAD_USAGE', {
      what: 'cannot use what systemd handed over',
      why: 'descriptor 3 is no socket that waits for connections',
      mend: 'for Accept=yes, put StandardInput=socket into the service; else let the socket unit listen: Accept=no',
    });
  }
  return waits(0) ? 'inetd' : undefined;
}

function waits(fd: number): boolean {
  try {
    return isListening(fd);
  } catch (error) {
    if (isErrno(error, 'ENOTSOCK') || isErrno(error, 'EBADF')) return false;
    throw error;
  }
}
