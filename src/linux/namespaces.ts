import { check, libcFunction } from './libc.ts';

const cloneNewNs = 0x00020000;
const cloneNewUts = 0x04000000;
const cloneNewIpc = 0x08000000;

/**
 * Gives the calling thread mounts, a host name and System V IPC of its own (unshare(2)); what exists is copied.
 * Needs CAP_SYS_ADMIN.
 */
export function unshareNamespaces(): void {
  const unshare = libcFunction<[number]>('int unshare(int)');
  check(unshare(cloneNewNs | cloneNewUts | cloneNewIpc), 'unshare');
}

/** Sets the host name of the thread's UTS namespace, at most 64 bytes (sethostname(2)). */
export function setHostName(name: string): void {
  const sethostname = libcFunction<[string, number]>('int sethostname(const char *, size_t)');
  check(sethostname(name, Buffer.byteLength(name)), 'sethostname');
}
