import { spawn } from 'node:child_process';
import process from 'node:process';

export interface MailProgramEnd {
  /** Undefined where a signal ended it. */
  readonly status: number | undefined;
  readonly err: string;
  readonly out: string;
}

export interface MailProgramCall {
  /** Its path: of a source file, or of what was built. */
  readonly script: string;
  /** What runs a source file, where it is not what runs the test. */
  readonly node?: string;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The message; an open file or none at all as spawn(3) has it. */
  readonly input?: string | Uint8Array | number | 'ignore';
  readonly uid?: number;
  /** Told of the process once it runs. */
  readonly onStart?: (pid: number, write: (text: string) => void) => void;
}

/** Runs a program that delivers one message, as a mail server does. */
export function runMailProgram(call: MailProgramCall): Promise<MailProgramEnd> {
  const { script, node = process.execPath, words = [], env = {}, input = 'Subject: x\n\nhi\n', uid } = call;
  const isText = typeof input === 'string' && input !== 'ignore';
  const piped = isText || input instanceof Uint8Array;
  const [program, ...args] = script.endsWith('.ts') ? [node, script, ...words] : [script, ...words];
  const child = spawn(program ?? '', args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: [piped ? 'pipe' : (input as number | 'ignore'), 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let err = '';
  let out = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  // It need not read what it refuses.
  child.stdin?.on('error', () => {});
  if (call.onStart !== undefined) call.onStart(child.pid ?? 0, (text) => void child.stdin?.write(text));
  else if (piped) child.stdin?.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<MailProgramEnd>();
  child.on('error', reject);
  child.on('close', (status) => resolve({ status: status ?? undefined, err, out }));
  return promise;
}
