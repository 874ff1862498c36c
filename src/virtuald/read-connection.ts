import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import type { SocketAddress } from '../linux/parse-socket-address.ts';
import { getPeerAddress, getSocketAddress } from '../linux/sockets.ts';
import type { Connection, Endpoint } from './connection.ts';

/**
 * Both ends of the connection that standard input is. Throws BAD_USAGE when it is none, and CLIENT_GONE when the client
 * has left meanwhile.
 */
export function readConnection(fd: number): Connection {
  return { local: requireEndpoint(readLocal(fd)), peer: requireEndpoint(readPeer(fd)) };
}

function readLocal(fd: number): SocketAddress {
  try {
    return getSocketAddress(fd);
  } catch (error) {
    if (isErrno(error, 'ENOTSOCK') || isErrno(error, 'EBADF')) throw notAConnection('no socket');
    throw error;
  }
}

function readPeer(fd: number): SocketAddress {
  try {
    return getPeerAddress(fd);
  } catch (error) {
    if (!isErrno(error, 'ENOTCONN')) throw error;
    throw new VirtfsError('CLIENT_GONE', {
      what: 'cannot serve the client',
      why: 'it closed the connection before virtuald could look at it',
      mend: 'nothing needs mending, unless standard input is no connection at all',
      cause: error,
    });
  }
}

function requireEndpoint(found: SocketAddress): Endpoint {
  if (found.type === 'ip') return found;
  throw notAConnection(found.family === 1 ? 'a UNIX socket' : `a socket of family ${found.family}`);
}

function notAConnection(is: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: 'cannot tell which domain is meant',
    why: `standard input is ${is}, not the connection of a client`,
    mend: 'let inetd, xinetd or tcpserver call it for each connection, or let it listen: virtuald --listen PORT CONF PROGRAM [ARG…]',
  });
}
