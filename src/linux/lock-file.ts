import { readdirSync } from 'node:fs';
import koffi from 'koffi';
import { check, lastError, libcFunction } from './libc.ts';

const ofdGetLock = 36;
const ofdSetLock = 37;
const ofdSetLockWait = 38;
const writeLock = 1;
const unlocked = 2;

const fcntl = libcFunction<[number, number, Uint8Array]>('int fcntl(int, int, void *)');

/**
 * Takes the write lock of a whole file for this open file (F_OFD_SETLK, fcntl(2)); false when another has it. It keeps
 * out other open files and the locks of processes, lckpwdf(3) for one, and goes when the descriptor is closed.
 */
export function tryLockFile(fd: number): boolean {
  if (fcntl(fd, ofdSetLock, wholeFile()) === 0) return true;
  const error = lastError('fcntl');
  if (error.code === 'EAGAIN' || error.code === 'EACCES') return false;
  throw error;
}

/**
 * Waits for that lock in the kernel's queue, where whoever waits comes to its turn. When `signal` is aborted it stops
 * waiting and throws the signal's reason.
 */
export async function lockFile(fd: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (tryLockFile(fd)) return;
  let again: NodeJS.Timeout | undefined;
  const stop = (): void => {
    interruptOtherThreads();
    // The thread may not have come to its call yet.
    again ??= setInterval(interruptOtherThreads, 10);
  };
  makeSignalInterrupt();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const error = await waitForLock(fd);
      if (error === undefined) return;
      if (error.code !== 'EINTR') throw error;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    clearInterval(again);
  }
}

/** The process that keeps us from the lock, where the kernel knows it: an open file's lock belongs to none. */
export function findLockHolder(fd: number): number | undefined {
  const lock = wholeFile();
  check(fcntl(fd, ofdGetLock, lock), 'fcntl');
  const view = new DataView(lock.buffer);
  const pid = view.getInt32(24, true);
  return view.getInt16(0, true) === unlocked || pid <= 0 ? undefined : pid;
}

/** struct flock of the 64-bit machines. */
function wholeFile(): Uint8Array {
  // With a buffer of its own: what V8 keeps on its heap it may move while the call waits.
  const lock = new Uint8Array(new ArrayBuffer(32));
  new DataView(lock.buffer).setInt16(0, writeLock, true);
  return lock;
}

/** What calls under way read: kept from the collector until they end. */
const waiting = new Set<Uint8Array>();

function waitForLock(fd: number): Promise<NodeJS.ErrnoException | undefined> {
  const call = koffi.load('libc.so.6').func('int fcntl(int, int, void *)');
  const lock = wholeFile();
  waiting.add(lock);
  return new Promise((done, fail) => {
    call.async(fd, ofdSetLockWait, lock, (error: unknown, result: number) => {
      waiting.delete(lock);
      if (error) fail(error);
      else done(result === 0 ? undefined : lastError('fcntl'));
    });
  });
}

/** A real-time signal that neither libc nor Node uses. */
const interrupting = 44;
let interrupts = false;

/**
 * Gives the signal a handler that does nothing, and not SA_RESTART: the call it comes to ends with EINTR. The handler is
 * getpid(2), which any thread may call at any time.
 */
function makeSignalInterrupt(): void {
  if (interrupts) return;
  const dlsym = libcFunction<[number, string], unknown>('void *dlsym(intptr_t, const char *)');
  const sigaction = libcFunction<[number, Uint8Array, null]>('int sigaction(int, const void *, void *)');
  const action = new Uint8Array(152);
  new DataView(action.buffer).setBigUint64(0, BigInt(koffi.address(dlsym(0, 'getpid'))), true);
  check(sigaction(interrupting, action, null), 'sigaction');
  interrupts = true;
}

/** Which thread waits is not known; the others do not mind. */
function interruptOtherThreads(): void {
  const tgkill = libcFunction<[number, number, number]>('int tgkill(int, int, int)');
  for (const name of readdirSync('/proc/self/task')) {
    const thread = Number(name);
    if (thread !== process.pid) tgkill(process.pid, thread, interrupting);
  }
}
