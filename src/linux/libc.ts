import koffi from 'koffi';

const lib = koffi.load('libc.so.6');

let names: Map<number, string> | undefined;

/** The name of an error number. node:os, which knows them, is loaded with the first. */
export function nameErrno(number: number): string | undefined {
  if (names === undefined) {
    const { errno } = process.getBuiltinModule('node:os').constants;
    names = new Map(Object.entries(errno).map(([name, value]) => [value, name]));
    // Two numbers have two names on Linux; of these the manual pages of our calls speak.
    names.set(errno.EAGAIN, 'EAGAIN').set(errno.EOPNOTSUPP, 'EOPNOTSUPP');
  }
  return names.get(number);
}

/** A C function of libc as koffi calls it. */
export type Native<A extends readonly unknown[], R = number> = (...args: A) => R;

/** A function of the C library by its C prototype. koffi reads the prototype at the first call, which not all see. */
export function libcFunction<A extends readonly unknown[], R = number>(prototype: string): Native<A, R> {
  return lazily(() => lib.func(prototype) as unknown as Native<A, R>);
}

/** The same of a function that the program of Node itself offers to native modules. */
export function functionOfNode<A extends readonly unknown[], R = number>(prototype: string): Native<A, R> {
  return lazily(() => koffi.load(null).func(prototype) as unknown as Native<A, R>);
}

function lazily<A extends readonly unknown[], R>(find: () => Native<A, R>): Native<A, R> {
  let native: Native<A, R> | undefined;
  return (...args) => {
    native ??= find();
    return native(...args);
  };
}

/** The error of the system call that just returned -1, in Node's own shape: `code`, `errno`, `syscall`, `path`. */
export function lastError(syscall: string, path?: string): NodeJS.ErrnoException {
  const errno = koffi.errno();
  const code = nameErrno(errno) ?? `errno ${errno}`;
  const error: NodeJS.ErrnoException = new Error(
    `${code}: ${syscall}${path === undefined ? '' : ` '${path}'`}`,
  );
  error.code = code;
  error.errno = -errno;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  return error;
}

/** Whether the system call that just returned -1 failed for this reason, without an Error being made. */
export function isErrnoNow(code: string): boolean {
  return nameErrno(koffi.errno()) === code;
}

/** `result`, or throws the error of the call when it is -1. */
export function check(result: number, syscall: string, path?: string): number {
  if (result === -1) throw lastError(syscall, path);
  return result;
}
