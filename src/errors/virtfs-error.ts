import { type ErrorCode, exitStatus } from './error-codes.ts';

export interface ErrorText {
  /** What could not be done, with the path or name it was done to. */
  readonly what: string;
  /** What the system said, or which rule was broken. */
  readonly why: string;
  /** What the administrator can do now. A command line where there is one. */
  readonly mend: string;
  readonly cause?: unknown;
}

/** A failure the administrator can act on. Anything else that is thrown is a bug. */
export class VirtfsError extends Error {
  override readonly name = 'VirtfsError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly mend: string;

  constructor(code: ErrorCode, text: ErrorText) {
    super(`${text.what}: ${text.why}`, { cause: text.cause });
    this.code = code;
    this.what = text.what;
    this.why = text.why;
    this.mend = text.mend;
  }

  get exitStatus(): number {
    return exitStatus[this.code];
  }
}

/** True when `error` is a system error with this errno name, such as `EXDEV`. */
export function isErrno(error: unknown, name: string): error is NodeJS.ErrnoException {
  return Error.isError(error) && 'code' in error && error.code === name;
}
