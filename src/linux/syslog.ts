import { closeSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { lastError, libcFunction } from './libc.ts';

// biome-ignore format: a table
/** Severities of syslog(3) as we use them. */
const severities = { err: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;

export type Severity = keyof typeof severities;

// biome-ignore format: a table
/** Facilities of syslog(3) as we use them. */
const facilities = { mail: 2, daemon: 3 } as const;

export type Facility = keyof typeof facilities;

/** A connection to a log socket. */
export interface Syslog extends Disposable {
  /**
   * Hands `text` to the log as one line, without control characters. Never throws, and waits no longer than it may:
   * false says that nobody took it, for lack of a daemon, or of room in its queue.
   */
  readonly send: (severity: Severity, text: string) => boolean;
  /** False as long as there is surely nobody to take a line, so that none need be made. */
  readonly isHeard: () => boolean;
}

export interface SyslogOptions {
  /** The socket; `/dev/log`, looked up under the root directory the thread has when it connects. */
  readonly path?: string;
  /** In front of each line: `virtuald[4711]`. */
  readonly ident: string;
  /** What kind of program speaks, by which a log is sorted; daemon. */
  readonly facility?: Facility;
  /**
   * Connect again when the daemon made its socket anew. False for who changes its root directory, and would meet the
   * socket of another.
   */
  readonly reconnects?: boolean;
  /** How long a line may wait for room, in milliseconds, where waiting holds nobody else up; 0. */
  readonly patienceMs?: number;
}

/** A client of the log daemon as syslog(3) is one. Connects at once. */
export function openSyslog({
  path = '/dev/log',
  ident,
  facility = 'daemon',
  reconnects = true,
  patienceMs = 0,
}: SyslogOptions): Syslog {
  let fd = connectLog(path, patienceMs);
  let nextTry = 0;
  const reconnect = (): void => {
    const now = performance.now();
    if (now < nextTry) return;
    fd = connectLog(path, patienceMs);
    if (fd === undefined) nextTry = now + restMs;
  };
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  const send = (severity: Severity, text: string): boolean => {
    const datagram = encodeLogLine(severity, ident, text, facility);
    const answer = fd === undefined ? 'stale' : sendDatagram(fd, datagram);
    if (answer !== 'stale' || !reconnects) return answer === 'taken';
    close();
    reconnect();
    return fd !== undefined && sendDatagram(fd, datagram) === 'taken';
  };
  const isHeard = (): boolean => fd !== undefined || (reconnects && performance.now() >= nextTry);
  return { send, isHeard, [Symbol.dispose]: close };
}

/** How long to wait before the next attempt where there is no daemon: a line each connection would cost three calls more. */
const restMs = 1000;

/** What every daemon takes (RFC 3164, 4.1). */
const mostBytes = 1024;

/**
 * One message as syslog(3) writes it to its socket, without the time: every daemon then puts its own, and to tell the
 * time of day one would read files of whatever is the root directory.
 */
export function encodeLogLine(
  severity: Severity,
  ident: string,
  text: string,
  facility: Facility = 'daemon',
): Uint8Array {
  // Who made the text has escaped what came from outside; a backslash is such an escape.
  const safe = text.split('\\').map(escapeLines).join('\\');
  const line = Buffer.from(`<${(facilities[facility] << 3) | severities[severity]}>${ident}: ${safe}`);
  if (line.length <= mostBytes) return line;
  let end = mostBytes;
  // Not in the middle of a character: UTF-8 goes on with 10xxxxxx.
  while (((line[end] ?? 0) & 0xc0) === 0x80) end--;
  return line.subarray(0, end);
}

/** Sends one datagram to the socket at `path`, or of that abstract name when it begins with `@`; what cannot be sent is lost. */
export function sendToUnixSocket(path: string, bytes: Uint8Array): void {
  const fd = connectLog(path, 0);
  if (fd === undefined) return;
  sendDatagram(fd, bytes);
  closeSync(fd);
}

const unix = 1;

function connectLog(path: string, patienceMs: number): number | undefined {
  const [datagram, nonBlock, cloexec] = [2, 0o4000, 0o2000000];
  const socket = libcFunction<[number, number, number]>('int socket(int, int, int)');
  const connect = libcFunction<[number, Uint8Array, number]>('int connect(int, const void *, unsigned int)');
  const address = encodeUnixAddress(path);
  if (address === undefined) return undefined;
  const fd = socket(unix, datagram | cloexec | (patienceMs === 0 ? nonBlock : 0), 0);
  if (fd === -1) return undefined;
  if (patienceMs > 0) limitWaiting(fd, patienceMs);
  if (connect(fd, address, address.length) === 0) return fd;
  closeSync(fd);
  return undefined;
}

function limitWaiting(fd: number, ms: number): void {
  const [socketLevel, sendTimeout] = [1, 21];
  const setsockopt = libcFunction<[number, number, number, Uint8Array, number]>(
    'int setsockopt(int, int, int, const void *, unsigned int)',
  );
  const interval = new BigInt64Array([BigInt(Math.floor(ms / 1000)), BigInt((ms % 1000) * 1000)]);
  setsockopt(fd, socketLevel, sendTimeout, new Uint8Array(interval.buffer), 16);
}

/** `struct sockaddr_un` (unix(7)); undefined for a path it has no room for. */
function encodeUnixAddress(path: string): Uint8Array | undefined {
  const name = Buffer.from(path);
  if (name.length === 0 || name.length > 107 || name.includes(0)) return undefined;
  const bytes = Buffer.alloc(2 + name.length + 1);
  bytes.writeUInt16LE(unix);
  name.copy(bytes, 2);
  if (!path.startsWith('@')) return bytes;
  bytes[2] = 0;
  return bytes.subarray(0, 2 + name.length);
}

/** `stale` when the daemon at the other end is gone. */
function sendDatagram(fd: number, bytes: Uint8Array): 'taken' | 'stale' | 'full' {
  const noSignal = 0x4000;
  declaredSend ??= libcFunction('long send(int, const void *, size_t, int)');
  if (Number(declaredSend(fd, bytes, bytes.length, noSignal)) !== -1) return 'taken';
  return fullErrors.has(lastError('send').code ?? '') ? 'full' : 'stale';
}

/** It is there, and has no room. */
const fullErrors = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM', 'EINTR']);

let declaredSend: ((fd: number, bytes: Uint8Array, length: number, flags: number) => number) | undefined;
