import { closeSync } from 'node:fs';
import type { IpAddress } from '../domain/ip-address.ts';
import { encodeSocketAddress } from './encode-socket-address.ts';
import { check, isErrnoNow, lastError, libcFunction } from './libc.ts';
import { parseSocketAddress, type SocketAddress } from './parse-socket-address.ts';

const [inet, inet6] = [2, 10];
const stream = 1;
const cloexec = 0o2000000;
const nonBlock = 0o4000;

const setsockopt = libcFunction<[number, number, number, Uint8Array, number]>(
  'int setsockopt(int, int, int, const void *, unsigned int)',
);

/**
 * A socket that listens on the address, or on all there are of both families without one; non-blocking, close-on-exec.
 * Throws the system's error: EADDRINUSE, EADDRNOTAVAIL, EACCES.
 */
export function listenOn(address: IpAddress | undefined, port: number): number {
  const socket = libcFunction<[number, number, number]>('int socket(int, int, int)');
  const bind = libcFunction<[number, Uint8Array, number]>('int bind(int, const void *, unsigned int)');
  const name = address ?? (hasInet6() ? '::' : '0.0.0.0');
  const isV6 = name.includes(':');
  const fd = check(socket(isV6 ? inet6 : inet, stream | cloexec | nonBlock, 0), 'socket');
  try {
    const [socketLevel, reuseAddress] = [1, 2];
    setOption(fd, socketLevel, reuseAddress, 1);
    const [ipv6Level, v6Only] = [41, 26];
    if (isV6) setOption(fd, ipv6Level, v6Only, address === undefined ? 0 : 1);
    const bytes = encodeSocketAddress(name, port);
    check(bind(fd, bytes, bytes.byteLength), 'bind', `${name} port ${port}`);
    listen(fd);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Makes a socket somebody handed over wait for connections as ours do. */
export function adoptListening(fd: number): void {
  const fcntl = libcFunction<[number, number, number]>('int fcntl(int, int, int)');
  const [setDescriptorFlags, getFlags, setFlags, closeOnExec] = [2, 3, 4, 1];
  check(fcntl(fd, setDescriptorFlags, closeOnExec), 'fcntl');
  check(fcntl(fd, setFlags, check(fcntl(fd, getFlags, 0), 'fcntl') | nonBlock), 'fcntl');
  listen(fd);
}

export interface Accepted {
  /** Blocking, close-on-exec. */
  readonly fd: number;
  readonly peer: SocketAddress;
}

const accept4 = libcFunction<[number, Uint8Array, Uint8Array, number]>(
  'int accept4(int, void *, void *, int)',
);
const peerBytes = new Uint8Array(new ArrayBuffer(128));
const peerLength = new Uint32Array(1);
const peerLengthBytes = new Uint8Array(peerLength.buffer);

/** The next connection (accept(2)), or undefined when none waits, or the one that did is gone. Throws EMFILE and the like. */
export function acceptFrom(fd: number): Accepted | undefined {
  peerLength[0] = peerBytes.byteLength;
  const accepted = accept4(fd, peerBytes, peerLengthBytes, cloexec);
  if (accepted !== -1) return { fd: accepted, peer: parseSocketAddress(peerBytes) };
  // Each wake ends with it: an Error would cost more than the call.
  if (isErrnoNow('EAGAIN')) return undefined;
  const error = lastError('accept4');
  // What befell the connection while it waited is told here as well: accept(2), "Error handling".
  // biome-ignore format: a list
  const gone = ['ECONNABORTED', 'EINTR', 'ENETDOWN', 'EPROTO', 'ENOPROTOOPT', 'EHOSTDOWN', 'ENONET', 'EHOSTUNREACH',
    'EOPNOTSUPP', 'ENETUNREACH', 'EPERM', 'ETIMEDOUT'];
  if (gone.includes(error.code ?? '')) return undefined;
  throw error;
}

function listen(fd: number): void {
  // The kernel has a limit of its own (net.core.somaxconn).
  const backlog = 4096;
  check(libcFunction<[number, number]>('int listen(int, int)')(fd, backlog), 'listen');
}

function setOption(fd: number, level: number, option: number, value: number): void {
  const bytes = new Uint8Array(Int32Array.of(value).buffer);
  check(setsockopt(fd, level, option, bytes, bytes.byteLength), 'setsockopt');
}

function hasInet6(): boolean {
  const socket = libcFunction<[number, number, number]>('int socket(int, int, int)');
  const fd = socket(inet6, stream | cloexec, 0);
  if (fd === -1) return false;
  closeSync(fd);
  return true;
}
