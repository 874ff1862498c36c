import { escapeLines } from '../errors/escape-lines.ts';
import { Interrupted } from '../errors/interrupted.ts';
import { sysexit } from '../errors/sysexits.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

export interface ErrorForm {
  /** The name the program goes by: `virtfs`. */
  readonly program: string;
  /** One JSON object on standard error instead of words. */
  readonly json: boolean;
}

/** Says on standard error what went wrong, and answers the status to end with. */
export function reportError(
  error: unknown,
  err: (line: string) => void,
  { program, json }: ErrorForm,
): number {
  if (error instanceof Interrupted) {
    if (error.signal !== 'SIGPIPE') err(`${program}: ${error.message}`);
    return error.exitStatus;
  }
  if (error instanceof VirtfsError) {
    if (json) {
      const { code, what, why, mend } = error;
      err(JSON.stringify({ code, what, why, mend }));
    } else {
      err(`${program}: ${clean(`${error.what}: ${error.why}`)} [${error.code}]`);
      err(`  ${clean(error.mend)}`);
    }
    return error.exitStatus;
  }
  err(`${program}: this is a bug of virtfs, please report it with these lines`);
  err(clean(Error.isError(error) ? (error.stack ?? String(error)) : String(error)));
  return sysexit.software;
}

/** The same error; where it is a bug, with a stack that names lines of `src`. */
export async function withMappedStack(error: unknown): Promise<unknown> {
  if (error instanceof Interrupted || error instanceof VirtfsError) return error;
  if (!Error.isError(error) || error.stack === undefined) return error;
  const { mapStack } = await import('../host/map-stack.ts');
  error.stack = mapStack(error.stack);
  return error;
}

/** A second guard behind whoever made the text: keeps its lines and its own escapes, lets no control character pass. */
function clean(text: string): string {
  const line = (each: string) => each.split('\\').map(escapeLines).join('\\');
  return text.split('\n').map(line).join('\n  ');
}
