import { closeSync } from 'node:fs';
import { lastError, libcFunction } from './libc.ts';

const [peekFlag, dontWait, noSignal] = [0x02, 0x40, 0x4000];
const recv = libcFunction<[number, Uint8Array, number, number], number>(
  'long recv(int, void *, size_t, int)',
);
const setsockopt = libcFunction<[number, number, number, Uint8Array, number]>(
  'int setsockopt(int, int, int, const void *, unsigned int)',
);
const again = new Set(['EAGAIN', 'EINTR']);

/**
 * Copies what has come on the connection into `bytes`, from its beginning, and leaves it there for whoever reads next
 * (recv(2), MSG_PEEK): how much, `none` as long as nothing has come, `over` when the other end is gone.
 */
export function peekConnection(fd: number, bytes: Uint8Array): number | 'none' | 'over' {
  const count = Number(recv(fd, bytes, bytes.byteLength, peekFlag | dontWait));
  if (count > 0) return count;
  if (count === 0) return 'over';
  return again.has(lastError('recv').code ?? '') ? 'none' : 'over';
}

/** Takes exactly `count` bytes that were seen before off the connection. False when they are not there. */
export function takeFromConnection(fd: number, count: number): boolean {
  const bytes = new Uint8Array(new ArrayBuffer(count));
  return Number(recv(fd, bytes, count, dontWait)) === count;
}

/** Sends the bytes if there is room for them, then says that no more will come (shutdown(2)); the client may be gone. */
export function sayLast(fd: number, bytes: Uint8Array): void {
  const send = libcFunction<[number, Uint8Array, number, number], number>(
    'long send(int, const void *, size_t, int)',
  );
  if (bytes.byteLength > 0) send(fd, bytes, bytes.byteLength, dontWait | noSignal);
  const both = 1;
  libcFunction<[number, number]>('int shutdown(int, int)')(fd, both);
  // A connection closed with bytes nobody read is reset, and what was sent may be lost with it.
  recv(fd, rest, rest.byteLength, dontWait);
}

const rest = new Uint8Array(new ArrayBuffer(65_536));

const [socketLevel, lingerOption] = [1, 13];
const noLinger = new Uint8Array(new ArrayBuffer(8));

/**
 * Closes our descriptor of a connection that a service has too. The last to close waits for as long as the service said by
 * SO_LINGER (socket(7)), non-blocking or not, and that may be us: so it is taken back first.
 */
export function closeConnection(fd: number): void {
  setsockopt(fd, socketLevel, lingerOption, noLinger, noLinger.byteLength);
  closeSync(fd);
}

const tcpLevel = 6;
const tcpInfo = 11;
const info = new DataView(new ArrayBuffer(256));
const infoBytes = new Uint8Array(info.buffer);

/** For how many milliseconds neither end has sent a byte (tcp(7), TCP_INFO); undefined for what is no TCP connection. */
export function readIdleMs(fd: number): number | undefined {
  const getsockopt = libcFunction<[number, number, number, Uint8Array, Uint8Array]>(
    'int getsockopt(int, int, int, void *, void *)',
  );
  const length = new Uint8Array(Uint32Array.of(infoBytes.byteLength).buffer);
  if (getsockopt(fd, tcpLevel, tcpInfo, infoBytes, length) === -1) return undefined;
  const [lastSent, lastReceived] = [44, 52].map((offset) => info.getUint32(offset, true));
  return Math.min(lastSent ?? 0, lastReceived ?? 0);
}
