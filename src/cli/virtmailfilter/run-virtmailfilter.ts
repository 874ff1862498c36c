import { readSettings } from '../../host/read-settings.ts';
import type { Outcome } from '../../mail/decide-exit-status.ts';
import { BrokenMessage, openMessage } from '../../mail/open-message.ts';
import { writeLine } from '../virtexec/write-line.ts';
import type { DeliveryProcess } from './delivery-process.ts';
import { type MailfilterCall, parseCall } from './parse-call.ts';
import { reportOutcome, reportTrouble } from './report-outcome.ts';

type DeliverCall = Extract<MailfilterCall, { readonly type: 'deliver' }>;

const err = (line: string): void => writeLine(2, line);

/**
 * virtmailfilter from its words to what became of the message. Resolves to the exit status, which is one that keeps the
 * message in the sender's queue unless it was delivered or refused. The only catch-all of the program.
 */
export async function runVirtmailfilter({ words, env, dialect }: DeliveryProcess): Promise<number> {
  try {
    const call = parseCall(words, env);
    if (call.type !== 'deliver') {
      const [{ showDeliveryProgram }, { virtmailfilterSpec }] = await Promise.all([
        import('./show-delivery-program.ts'),
        import('./virtmailfilter-spec.ts'),
      ]);
      return showDeliveryProgram(call, virtmailfilterSpec, env);
    }
    return reportOutcome(await deliver(call, env), dialect, err);
  } catch (error) {
    if (error instanceof BrokenMessage)
      return reportOutcome({ type: 'later', status: '4.3.0', why: error.message }, dialect, err);
    return reportTrouble(error, { program: 'virtmailfilter', dialect }, err);
  }
}

async function deliver(call: DeliverCall, env: DeliveryProcess['env']): Promise<Outcome> {
  const { parseAddress } = await import('../../mail/parse-address.ts');
  const address = parseAddress(call.recipient);
  // Told here, before virtmaild is asked, which may not be there.
  if (address.type === 'bad') return { type: 'refused', status: address.status, why: address.why };
  const read = openMessage(0);
  if (process.geteuid?.() === 0) return deliverRootly(call, env, read);
  const [{ handOver }, { findSocket }] = await Promise.all([
    import('../../mail/lmtp-client.ts'),
    import('../../mail/find-socket.ts'),
  ]);
  return handOver({ ...call, socket: call.socket ?? (await findSocket(env)), read });
}

async function deliverRootly(
  call: DeliverCall,
  env: DeliveryProcess['env'],
  read: () => Uint8Array | undefined,
): Promise<Outcome> {
  const { roots, configDir } = await readSettings(env, call.root);
  const { deliverAsRoot } = await import('../../mail/deliver-as-root.ts');
  const findForwarder = async () => {
    const { findForwarderIn } = await import('../../mail/find-forwarder.ts');
    return findForwarderIn(configDir);
  };
  const { outcome } = await deliverAsRoot({ ...call, roots, read, findForwarder });
  return outcome;
}
