import { readSync } from 'node:fs';
import { whyNotPassword } from '../domain/parse-password.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import type { Io } from './io.ts';

export interface PasswordQuestion {
  /** For the question's text. */
  readonly user: string;
  /** From the first line of standard input. */
  readonly stdin: boolean;
  /** An empty answer is one: no password. */
  readonly optional: boolean;
}

/**
 * A new password, typed twice on the terminal and not shown, or read from standard input. Undefined when there need be
 * none and there is none. Throws NEEDS_TERMINAL where a password is needed and nobody can type one; Interrupted.
 */
export async function readNewPassword(io: Io, question: PasswordQuestion): Promise<string | undefined> {
  if (question.stdin) return readFirstLine();
  if (io.interactive) return askTwice(io, question);
  if (question.optional) return undefined;
  throw new VirtfsError('NEEDS_TERMINAL', {
    what: `cannot ask for the password of ${question.user}`,
    why: 'there is no terminal to ask on',
    mend: 'give it on standard input: --password-stdin',
  });
}

async function askTwice(io: Io, { user, optional }: PasswordQuestion): Promise<string | undefined> {
  const { askSecret } = await import('./ask-secret.ts');
  for (;;) {
    const password = await askSecret(io.signal, {
      message: optional ? `Password for ${user} (empty: none yet)` : `New password for ${user}`,
      whyNot: (text) => (optional && text === '' ? undefined : whyNotPassword(text)),
    });
    if (password === '') return undefined;
    if ((await askSecret(io.signal, { message: 'The same again', whyNot: () => undefined })) === password)
      return password;
    io.err('The two are not the same.');
  }
}

/** The bytes before the first line feed, and not one behind it; an end of input ends the line too. */
function readFirstLine(): string {
  const bytes: number[] = [];
  const one = Buffer.alloc(1);
  try {
    while (bytes.length <= 4096 && readByte(one) === 1 && one[0] !== 0x0a) bytes.push(one[0] ?? 0);
    return Buffer.from(bytes).toString('utf8');
  } finally {
    bytes.fill(0);
    one.fill(0);
  }
}

function readByte(into: Buffer): number {
  for (;;) {
    try {
      return readSync(0, into);
    } catch (error) {
      if (isErrno(error, 'EOF')) return 0;
      // Somebody made the pipe non-blocking, and nothing has come yet.
      if (!isErrno(error, 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
