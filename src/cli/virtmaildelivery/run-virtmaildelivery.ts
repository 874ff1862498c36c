import { VirtfsError } from '../../errors/virtfs-error.ts';
import { deliverAsSelf } from '../../mail/deliver-here.ts';
import { BrokenMessage, openMessage } from '../../mail/open-message.ts';
import { writeLine } from '../virtexec/write-line.ts';
import type { DeliveryProcess } from '../virtmailfilter/delivery-process.ts';
import { reportOutcome, reportTrouble } from '../virtmailfilter/report-outcome.ts';
import { parseCall } from './parse-call.ts';

const err = (line: string): void => writeLine(2, line);

/**
 * virtmaildelivery from its words to what became of the message. Resolves to the exit status, which is one that keeps the
 * message in the sender's queue unless it was delivered or refused. The only catch-all of the program.
 */
export async function runVirtmaildelivery({ words, env, dialect }: DeliveryProcess): Promise<number> {
  try {
    const call = parseCall(words, env);
    if (call.type !== 'deliver') {
      const [{ showDeliveryProgram }, { virtmaildeliverySpec }] = await Promise.all([
        import('../virtmailfilter/show-delivery-program.ts'),
        import('./virtmaildelivery-spec.ts'),
      ]);
      return showDeliveryProgram(call, virtmaildeliverySpec, env);
    }
    refuseRoot(call.user);
    return reportOutcome(deliverAsSelf(call, openMessage(0), { quoteFrom: call.quoteFrom }), dialect, err);
  } catch (error) {
    if (error instanceof BrokenMessage)
      return reportOutcome({ type: 'later', status: '4.3.0', why: error.message }, dialect, err);
    return reportTrouble(error, { program: 'virtmaildelivery', dialect }, err);
  }
}

function refuseRoot(user: string): void {
  if (process.geteuid?.() !== 0) return;
  throw new VirtfsError('USER_FORBIDDEN', {
    what: `cannot deliver to ${user} as root`,
    why: 'a home belongs to its user, who may put a link wherever root would write',
    mend: 'call virtmailfilter, which delivers as the user, or call it as that user',
  });
}
