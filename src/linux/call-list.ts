import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { callListCode } from './call-list-code.ts';
import { check, libcFunction, nameErrno } from './libc.ts';
import { waitForPidfd } from './wait-child.ts';

/** A number, or the address of bytes that stay where they are. */
export type Word = number | bigint | Uint8Array;

/** One system call that a child makes before it becomes a program. */
export interface ListedCall {
  /** What it is for, as the administrator reads it when it fails: `set the host name`. */
  readonly name: string;
  readonly number: number;
  /** Six at most. Bytes must be an ArrayBuffer of their own. */
  readonly args: readonly Word[];
  /** Its error does not end the child: execve(2) of one place among several. */
  readonly mayFail?: true;
}

export interface StartedChild {
  readonly pid: number;
  /** Close-on-exec; the caller's to close. */
  readonly pidfd: number;
}

/** A child that ended before it became a program. */
export interface FailedChild {
  /** The name of the call that failed. */
  readonly step: string;
  /** `EPERM` */
  readonly code: string;
}

const wordsOfHead = 8;
const wordsOfCall = 8;
const vm = 0x100;
const files = 0x400;
const vfork = 0x4000;
const pidfd = 0x1000;
const sigchld = 17;

/**
 * System calls for a child to make, in order; the last that is not allowed to fail, or none that did not, ends it: so the
 * list ends with execve(2). The child borrows the memory of the calling thread, which waits for it, as vfork(2) has it: it
 * costs nothing to copy however large the process is. What it changes of itself (root directory, namespaces, ids) is its
 * own; descriptors are once close_range(2) with CLOSE_RANGE_UNSHARE has made them so.
 *
 * Made once and started often; `set` changes an argument between two starts.
 */
export class CallList {
  readonly #words: BigInt64Array;
  /** There may be thousands of lists: no more is kept of a call than what it is called. */
  readonly #names: readonly string[];
  /** Addresses say nothing to the garbage collector. */
  readonly #held: Uint8Array[] = [];
  readonly #set = new Map<number, Uint8Array>();
  readonly #run: (list: BigInt64Array) => number;

  constructor(calls: readonly ListedCall[]) {
    this.#names = calls.map(({ name }) => name);
    // The last call of all fails: there is none of that number.
    this.#words = new BigInt64Array(wordsOfHead + wordsOfCall * (calls.length + 1));
    this.#words[0] = BigInt(vm | files | vfork | pidfd | sigchld);
    // Every signal is blocked: a handler of ours must not run in the child. But not SIGCHLD, which nobody handles: one that
    // came meanwhile would be kept, and wake another thread for nothing.
    this.#words[4] = ~(1n << BigInt(sigchld - 1));
    for (const [index, call] of calls.entries()) {
      const at = wordsOfHead + wordsOfCall * index;
      this.#words[at] = BigInt(call.number);
      this.#words[at + 7] = call.mayFail ? 1n : 0n;
      for (const [arg, word] of call.args.entries()) {
        if (typeof word === 'object') this.#held.push(word);
        this.#words[at + 1 + arg] = wordOf(word);
      }
    }
    this.#words[wordsOfHead + wordsOfCall * calls.length] = -1n;
    this.#run = mapCode();
  }

  /** Gives argument `arg` of the call at `index` another value. */
  set(index: number, arg: number, word: Word): void {
    const at = wordsOfHead + wordsOfCall * index + 1 + arg;
    if (typeof word === 'object') this.#set.set(at, word);
    this.#words[at] = wordOf(word);
  }

  /**
   * Starts a child and waits until it has become the program, or ended. Throws the system's error when no child could be
   * made (EAGAIN, ENOMEM, EMFILE).
   */
  start(): StartedChild | FailedChild {
    const words = this.#words;
    words[1] = 0n;
    words[2] = 0n;
    words[6] = 0n;
    const pid = this.#run(words);
    if (pid < 0) throw forkError(pid);
    const pidfd = Number(words[1] ?? 0n);
    if (words[6] === 0n) return { pid, pidfd };
    const failed = this.#whatFailed();
    waitForPidfd(pidfd);
    closeSync(pidfd);
    return failed;
  }

  #mayFail(index: number): boolean {
    return this.#words[wordsOfHead + wordsOfCall * index + 7] === 1n;
  }

  #whatFailed(): FailedChild {
    const words = this.#words;
    const base = BigInt(koffi.address(words));
    const index = Number(((words[6] ?? 0n) - base) / 8n - BigInt(wordsOfHead)) / wordsOfCall;
    // At the end of the list: the last of those that may fail is what there is to say.
    const isEnd = index === this.#names.length;
    const name = isEnd ? this.#names.findLast((_, each) => this.#mayFail(each)) : this.#names[index];
    const errno = -Number(words[isEnd ? 2 : 3] ?? 0n);
    return { step: name ?? '', code: nameErrno(errno) ?? `errno ${errno}` };
  }
}

function wordOf(word: Word): bigint {
  return BigInt(typeof word === 'object' ? koffi.address(word) : word);
}

function forkError(result: number): NodeJS.ErrnoException {
  const code = nameErrno(-result) ?? `errno ${-result}`;
  return Object.assign(new Error(`${code}: clone`), { code, errno: result, syscall: 'clone' });
}

let run: ((list: BigInt64Array) => number) | undefined;

/** Never writable and executable at once. */
function mapCode(): (list: BigInt64Array) => number {
  if (run !== undefined) return run;
  const code = Buffer.from(callListCode[process.arch === 'arm64' ? 'arm64' : 'x64'], 'hex');
  const mmap = libcFunction<[null, number, number, number, number, number], bigint>(
    'intptr_t mmap(void *, size_t, int, int, int, long)',
  );
  const mprotect = libcFunction<[bigint, number, number]>('int mprotect(intptr_t, size_t, int)');
  const [read, write, exec, isPrivate, anonymous] = [1, 2, 4, 0x02, 0x20];
  const page = BigInt(mmap(null, code.byteLength, read | write, isPrivate | anonymous, -1, 0));
  check(page === -1n ? -1 : 0, 'mmap');
  new Uint8Array(koffi.view(page, code.byteLength)).set(code);
  check(mprotect(page, code.byteLength, read | exec), 'mprotect');
  run = koffi.decode(page, koffi.proto('long (uint64_t *list)')) as (list: BigInt64Array) => number;
  return run;
}
