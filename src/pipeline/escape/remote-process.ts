import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type CallName, callNumber } from './call-numbers.ts';
import { dataAddress, dataSize, frameSize } from './encode-call-server.ts';

/** A word, or data that the kernel is given the address of; text ends with a NUL. */
export type CallArgument = number | bigint | Uint8Array | string;

export interface CallAnswer {
  /** What the call returned; -1 with an error. */
  readonly value: number;
  /** `EPERM`; undefined when the call was carried out. */
  readonly error: string | undefined;
  /** What the call left in the data that was its argument `index`. */
  readonly data: (index: number) => Buffer;
}

export interface RemoteStart {
  /** The command line that becomes the call server. */
  readonly words: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** Descriptors it is handed as 3, 4 and so on. */
  readonly handed?: readonly number[];
}

/** It ended, or gave no answer, while it was to make a call. */
export class RemoteEnded extends Error {
  override readonly name = 'RemoteEnded';
  readonly status: number | null;
  /** What it wrote to standard error before it became the call server. */
  readonly said: string;

  constructor(status: number | null, said: string) {
    super(`the process that makes the attempts ended with ${status ?? 'a signal'}: ${said}`);
    this.status = status;
    this.said = said;
  }
}

const mostWait = 20_000;
const mostSaid = 65_536;

/**
 * A process somewhere else, in a tree or as another user, that makes one system call at a time for us. It ends when we
 * do, for it reads from us. What it answers may be a stranger's word: in a tree, others may get at it.
 */
export class RemoteProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #status: number | null | undefined;
  #said = '';
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor({ words, uid, gid, handed = [] }: RemoteStart) {
    const [program = '', ...args] = words;
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe', ...handed],
      // A session of its own, without a terminal: it may be given one.
      detached: true,
      env: {},
      cwd: '/',
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    this.#child = child;
    this.#ended = new Promise((done) => {
      child.on('error', (error) => {
        this.#said += error.message;
        this.#end(null);
        done();
      });
      child.on('exit', (status) => {
        done();
        // What it said last may still come; others may hold its output open for ever.
        setTimeout(() => this.#end(status), 100);
      });
    });
    child.stdout?.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      if (this.#said.length < mostSaid) this.#said += bytes.toString('utf8');
    });
    // It may end before it has read all; what was waited for tells.
    child.stdin?.on('error', () => {});
  }

  #end(status: number | null): void {
    this.#status ??= status;
    this.#wake();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get isAlive(): boolean {
    return this.#status === undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Makes one call, waits for its answer. Throws RemoteEnded. */
  async call(name: CallName, ...args: readonly CallArgument[]): Promise<CallAnswer> {
    return this.#exchange(name, args, 0);
  }

  /** clone(2) with `flags`, without shared memory; the child ends at once. */
  async fork(flags: number): Promise<CallAnswer> {
    return this.#exchange('clone', [flags, 0, 0, 0, 0], 1);
  }

  async #exchange(name: CallName, args: readonly CallArgument[], flag: 0 | 1): Promise<CallAnswer> {
    const number = callNumber(name);
    if (number === undefined) return { value: -1, error: 'ENOSYS', data: () => Buffer.alloc(0) };
    const { frame, offsets } = encodeFrame(number, args, flag);
    this.#child.stdin?.write(frame);
    const reply = await this.#reply();
    const result = Number(reply.readBigInt64LE(0));
    const failed = result < 0 && result >= -4095;
    return {
      value: failed ? -1 : result,
      error: failed ? nameErrno(-result) : undefined,
      data: (index) => {
        const [start = 0, size = 0] = offsets.get(index) ?? [];
        return reply.subarray(64 + start, 64 + start + size);
      },
    };
  }

  async #reply(): Promise<Buffer> {
    const deadline = Date.now() + mostWait;
    while (this.#received.length < frameSize) {
      if (this.#status !== undefined) throw new RemoteEnded(this.#status, this.#said);
      if (Date.now() > deadline) {
        this.#child.kill('SIGKILL');
        await this.#ended;
        throw new RemoteEnded(null, 'it gave no answer');
      }
      await new Promise<void>((done) => {
        const clock = setTimeout(done, mostWait);
        this.#wake = () => {
          clearTimeout(clock);
          done();
        };
      });
    }
    const reply = this.#received.subarray(0, frameSize);
    this.#received = this.#received.subarray(frameSize);
    return reply;
  }

  /** Resolves once it has ended, or after `most` milliseconds. */
  async ends(most: number): Promise<boolean> {
    let clock: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      clock = setTimeout(done, most);
    });
    await Promise.race([this.#ended, late]);
    clearTimeout(clock);
    return !this.isAlive;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    for (const stream of this.#child.stdio) stream?.destroy();
    await this.#ended;
  }
}

interface Frame {
  readonly frame: Buffer;
  /** Where the data of each argument is, and how long. */
  readonly offsets: ReadonlyMap<number, readonly [start: number, size: number]>;
}

function encodeFrame(number: number, args: readonly CallArgument[], flag: 0 | 1): Frame {
  const frame = Buffer.alloc(frameSize);
  const offsets = new Map<number, readonly [number, number]>();
  let used = 0;
  frame.writeBigInt64LE(BigInt(number), 0);
  for (const [index, arg] of args.entries()) {
    if (typeof arg === 'number' || typeof arg === 'bigint') {
      frame.writeBigInt64LE(BigInt.asIntN(64, BigInt(arg)), 8 + 8 * index);
      continue;
    }
    const bytes = typeof arg === 'string' ? Buffer.from(`${arg}\0`) : arg;
    if (used + bytes.length > dataSize) throw new Error('more data than a frame has room for');
    frame.set(bytes, 64 + used);
    frame.writeBigInt64LE(BigInt(dataAddress + used), 8 + 8 * index);
    offsets.set(index, [used, bytes.length]);
    used += Math.ceil(bytes.length / 8) * 8;
  }
  frame.writeBigInt64LE(BigInt(flag), 56);
  return { frame, offsets };
}

const errnoNames = new Map(Object.entries(constants.errno).map(([name, value]) => [value, name]));
// Two numbers have two names on Linux; of these the manual pages of our calls speak.
errnoNames.set(constants.errno.EAGAIN, 'EAGAIN').set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

function nameErrno(number: number): string {
  return errnoNames.get(number) ?? `errno ${number}`;
}
