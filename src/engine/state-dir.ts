import { closeSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainErrno } from '../errors/explain-errno.ts';
import { openBeneath, tryLock } from '../linux/files.ts';
import { openOrMakeDir } from './open-or-make-dir.ts';

const parts = ['store', 'stage', 'trash', 'domains', 'manifests', 'previous', 'layers', 'cache'] as const;
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
      this.fd = openOrMakeDir(rootFd, '.virtfs');
      this.#parts = new Map(parts.map((part) => [part, openOrMakeDir(this.fd, part)]));
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
