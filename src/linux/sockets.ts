import { check, libcFunction } from './libc.ts';
import { parseSocketAddress, type SocketAddress } from './parse-socket-address.ts';

/** The socket's own address (getsockname(2)): of an accepted one, what the client connected to. Throws ENOTSOCK. */
export function getSocketAddress(fd: number): SocketAddress {
  declaredName ??= libcFunction('int getsockname(int, void *, void *)');
  return readAddress(declaredName, fd, 'getsockname');
}

/** The address of the other end (getpeername(2)). Throws ENOTSOCK, and ENOTCONN where there is none. */
export function getPeerAddress(fd: number): SocketAddress {
  declaredPeer ??= libcFunction('int getpeername(int, void *, void *)');
  return readAddress(declaredPeer, fd, 'getpeername');
}

/** True for a socket that waits for connections (socket(7), SO_ACCEPTCONN). Throws ENOTSOCK. */
export function isListening(fd: number): boolean {
  const [socketLevel, acceptConn] = [1, 30];
  const getsockopt = libcFunction<[number, number, number, Uint8Array, Uint8Array]>(
    'int getsockopt(int, int, int, void *, void *)',
  );
  const value = new Int32Array(1);
  check(getsockopt(fd, socketLevel, acceptConn, new Uint8Array(value.buffer), lengthCell(4)), 'getsockopt');
  return value[0] !== 0;
}

type AddressCall = (fd: number, address: Uint8Array, length: Uint8Array) => number;

let declaredName: AddressCall | undefined;
let declaredPeer: AddressCall | undefined;

// Made once: what is given to C is expensive to make, and this is called for each connection.
const address = new Uint8Array(new ArrayBuffer(128));
const addressLength = new Uint32Array(new ArrayBuffer(4));
const addressLengthBytes = new Uint8Array(addressLength.buffer);

function readAddress(call: AddressCall, fd: number, syscall: string): SocketAddress {
  // sockaddr_storage.
  addressLength[0] = address.byteLength;
  check(call(fd, address, addressLengthBytes), syscall);
  return parseSocketAddress(address.subarray(0, Math.min(addressLength[0], address.byteLength)));
}

function lengthCell(length: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(length).buffer);
}
