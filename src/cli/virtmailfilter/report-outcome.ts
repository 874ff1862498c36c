import { explainErrno } from '../../errors/explain-errno.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { decideExitStatus, type Outcome } from '../../mail/decide-exit-status.ts';
import { type ExitDialect, laterStatus } from '../../mail/exit-dialect.ts';
import { reportError, withMappedStack } from '../report-error.ts';

/**
 * Says what became of the message, where it was not delivered: a line that begins with the status of RFC 3463, which Postfix
 * goes by and others put into the bounce. Gives the status to end with.
 */
export function reportOutcome(outcome: Outcome, dialect: ExitDialect, err: (line: string) => void): number {
  if (outcome.type !== 'delivered') err(`${outcome.status} ${outcome.why}`);
  return decideExitStatus(outcome, dialect);
}

/** Whatever went wrong with the program is no verdict on the message: it is for later. */
export async function reportTrouble(
  error: unknown,
  { program, dialect }: { readonly program: string; readonly dialect: ExitDialect },
  err: (line: string) => void,
): Promise<number> {
  const known = explainErrno(error, 'cannot deliver the message');
  const status = known instanceof VirtfsError && known.code === 'BAD_USAGE' ? '4.3.5' : '4.3.0';
  let isFirst = true;
  reportError(
    await withMappedStack(known),
    (line) => {
      err(isFirst ? `${status} ${line}` : line);
      isFirst = false;
    },
    { program, json: false },
  );
  return laterStatus(dialect);
}
