import { closeSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { makeDirAt, openBeneath, openDirBeneath, tryLock } from '../linux/files.ts';

const parts = ['store', 'stage', 'trash', 'domains', 'manifests', 'layers', 'cache'] as const;
export type StatePart = (typeof parts)[number];

/** The root-only folder `.virtfs` of a root of trees, held open with its parts, and the one lock of all who change it. */
export class StateDir implements Disposable {
  readonly rootFd: number;
  readonly fd: number;
  readonly #parts: ReadonlyMap<StatePart, number>;
  #lock: number | undefined;

  /** `rootFd` stays the caller's. Makes what is missing, mode 0700. Throws NO_SPACE, READ_ONLY, PATH_IS_SYMLINK. */
  constructor(rootFd: number) {
    this.rootFd = rootFd;
    try {
      this.fd = openOrMake(rootFd, '.virtfs');
      this.#parts = new Map(parts.map((part) => [part, openOrMake(this.fd, part)]));
    } catch (error) {
      throw explainErrno(error, 'cannot open the state of the root of trees (.virtfs)');
    }
  }

  part(name: StatePart): number {
    const fd = this.#parts.get(name);
    if (fd === undefined) throw new Error(`no part ${name}`);
    return fd;
  }

  /**
   * Waits until no other virtfs changes this root, then holds its lock until disposed or killed.
   * `onWait` is called once when there is something to wait for.
   */
  async lock(signal: AbortSignal, onWait: () => void): Promise<void> {
    const fd = this.#openLock();
    this.#lock = fd;
    let waited = false;
    while (!tryLock(fd)) {
      if (!waited) onWait();
      waited = true;
      await sleep(20, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  #openLock(): number {
    try {
      return openBeneath(this.fd, 'lock', constants.O_RDWR | constants.O_CREAT, 0o600);
    } catch (error) {
      throw explainErrno(error, 'cannot open the lock of the root of trees (.virtfs/lock)');
    }
  }

  [Symbol.dispose](): void {
    if (this.#lock !== undefined) closeSync(this.#lock);
    for (const fd of this.#parts.values()) closeSync(fd);
    closeSync(this.fd);
  }
}

function openOrMake(dirfd: number, name: string): number {
  try {
    return openDirBeneath(dirfd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  try {
    makeDirAt(dirfd, name, 0o700);
  } catch (error) {
    // Another virtfs made it between the two calls.
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  return openDirBeneath(dirfd, name);
}
