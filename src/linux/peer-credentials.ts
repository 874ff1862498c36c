import { check, libcFunction } from './libc.ts';

/** Who made the other end of a connection. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

const [socketLevel, peerCredentials] = [1, 17];

/**
 * Who is at the other end of a connected UNIX socket, as the kernel took it down when the connection was made (unix(7),
 * SO_PEERCRED): of a client's socket, who listened. In our namespaces: an id that has no place in them is 65534, and a
 * process 0. Throws ENOTSOCK, and ENOTCONN for a socket that is none of these, which the kernel answers without an owner.
 */
export function getPeerCredentials(fd: number): PeerCredentials {
  const getsockopt = libcFunction<[number, number, number, Uint8Array, Uint8Array]>(
    'int getsockopt(int, int, int, void *, void *)',
  );
  // struct ucred: pid_t, uid_t, gid_t.
  const bytes = new Uint8Array(12);
  const length = new Uint8Array(Uint32Array.of(bytes.byteLength).buffer);
  check(getsockopt(fd, socketLevel, peerCredentials, bytes, length), 'getsockopt');
  const view = new DataView(bytes.buffer);
  const [pid, uid, gid] = [view.getInt32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
  // A socket of another family, or one nobody is connected to.
  if (uid === noId) throw Object.assign(new Error('ENOTCONN: getsockopt'), { code: 'ENOTCONN' });
  return { pid, uid, gid };
}

const noId = 0xffff_ffff;
