import { VirtfsError } from '../../errors/virtfs-error.ts';
import { whyNotPath } from '../../mail/parse-qmail-lines.ts';
import { badUsage } from '../command-line.ts';
import { findDeliveredTo, findSender, parseOwnWords, requireDialect } from '../virtmailfilter/parse-call.ts';
import { type virtmaildeliveryOptions, virtmaildeliverySpec } from './virtmaildelivery-spec.ts';

export type MaildeliveryCall =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | {
      readonly type: 'deliver';
      readonly user: string;
      readonly home: string;
      readonly sender: string;
      /** What Delivered-To says. */
      readonly address: string;
      readonly quoteFrom: boolean;
    };

/** Throws BAD_USAGE. */
export function parseCall(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): MaildeliveryCall {
  const spec = virtmaildeliverySpec;
  const { operands, values } = parseOwnWords<typeof virtmaildeliveryOptions>(spec, words);
  if (values.help) return { type: 'help' };
  if (values.version) return { type: 'version' };
  requireDialect(spec, values['exit-codes']);
  const [user, home] = operands;
  if (user === undefined || home === undefined || home === '')
    throw badUsage(spec.name, spec, 'it needs USER and HOME');
  const sender = findSender(values.sender, env);
  return {
    type: 'deliver',
    user,
    home,
    sender,
    address: findAddress(values.recipient, env),
    quoteFrom: values['quote-from'] ?? false,
  };
}

function findAddress(word: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const address = word?.replace(/^<(.*)>$/u, '$1') ?? findDeliveredTo(env);
  const wrong = address === undefined ? 'DTLINE is not set' : whyNotPath(address);
  if (address !== undefined && wrong === undefined) return address;
  throw new VirtfsError('BAD_USAGE', {
    what: 'cannot tell who the message is for',
    why: wrong ?? '',
    mend: 'let qmail-local call it, from a .qmail file, or say --recipient=ADDRESS',
  });
}
