import { check, lastError, libcFunction } from './libc.ts';

/** What to be told of a descriptor, `edge` for each time it comes to be so, and `once` for one time (epoll_ctl(2)). */
export const pollFor = { readable: 0x1, hangUp: 0x2000, once: 0x40000000, edge: 0x80000000 } as const;

const cloexec = 0o2000000;
const [add, remove] = [1, 2];

/** struct epoll_event is packed on x86-64 alone. */
const packed = process.arch === 'x64';
const eventSize = packed ? 12 : 16;
const dataOffset = packed ? 4 : 8;
const mostEvents = 256;

const c = {
  create: libcFunction<[number]>('int epoll_create1(int)'),
  ctl: libcFunction<[number, number, number, Uint8Array]>('int epoll_ctl(int, int, int, const void *)'),
  wait: libcFunction<[number, Uint8Array, number, number]>('int epoll_wait(int, void *, int, int)'),
};

/** The descriptors a thread waits for (epoll(7)). */
export class Epoll {
  readonly #fd = check(c.create(cloexec), 'epoll_create1');
  readonly #events = new DataView(new ArrayBuffer(eventSize * mostEvents));
  readonly #bytes = new Uint8Array(this.#events.buffer);
  readonly #one = new DataView(new ArrayBuffer(eventSize));
  readonly #oneBytes = new Uint8Array(this.#one.buffer);

  /** Throws the system's error: EEXIST for one that is there, ENOSPC for one too many. */
  add(fd: number, what: number): void {
    this.#one.setUint32(0, what, true);
    this.#one.setInt32(dataOffset, fd, true);
    check(c.ctl(this.#fd, add, fd, this.#oneBytes), 'epoll_ctl');
  }

  /** Must come before the descriptor is closed: a copy of it in another process would keep it here. */
  remove(fd: number): void {
    check(c.ctl(this.#fd, remove, fd, this.#oneBytes), 'epoll_ctl');
  }

  /** Blocks the thread until something is ready or `ms` have passed (-1: for ever). The descriptors that are ready. */
  wait(ms: number): readonly number[] {
    const count = c.wait(this.#fd, this.#bytes, mostEvents, ms);
    if (count === -1) return this.#interrupted();
    const ready: number[] = [];
    for (let index = 0; index < count; index++) {
      ready.push(this.#events.getInt32(index * eventSize + dataOffset, true));
    }
    return ready;
  }

  #interrupted(): readonly number[] {
    const error = lastError('epoll_wait');
    if (error.code === 'EINTR') return [];
    throw error;
  }
}
