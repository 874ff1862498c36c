import { decideFailureReply, type LmtpReply } from './decide-reply.ts';
import type { Decision } from './decision.ts';
import type { DeliveryResult, Mailbox } from './mail-types.ts';
import type { AcceptedRecipient } from './receive-message.ts';

export type Acceptance =
  | { readonly type: 'accepted'; readonly recipient: AcceptedRecipient }
  /** `detail` is for the log. */
  | { readonly type: 'failed'; readonly reply: LmtpReply; readonly detail: string };

/** What a decision needs to know beyond itself before a recipient is accepted. */
export interface AcceptanceFacts {
  /** Of each mailbox that has no room: why. */
  readonly overQuota: ReadonlyMap<Mailbox, Exclude<DeliveryResult, { readonly type: 'delivered' }>>;
  /** Why nothing could be forwarded. */
  readonly noForwarding: string | undefined;
}

/**
 * Whether a recipient is taken. One that stands for several is taken unless some of them have to wait, for what some have
 * got cannot be tried again for the others alone; it is refused when there is nobody who could get it.
 */
export function decideAcceptance({ address, result }: Decision, facts: AcceptanceFacts): Acceptance {
  if (result.type !== 'mailboxes') return failed(result.status, result.why, result.detail);
  const { recipients, forwards } = result;
  const full = recipients.flatMap(({ mailbox }) => facts.overQuota.get(mailbox) ?? []);
  const waiting = full.find(({ type }) => type === 'later');
  if (waiting !== undefined) return failed(waiting.status, waiting.why);
  const [refused] = full;
  if (refused !== undefined && full.length === recipients.length && forwards.length === 0)
    return failed(refused.status, refused.why);
  // Accepted it would be gone.
  if (recipients.length === 0 && forwards.length === 0) return failed('4.3.5', 'it stands for nobody');
  if (forwards.length > 0 && facts.noForwarding !== undefined)
    return failed('4.3.5', 'mail for other hosts cannot be handed on now', facts.noForwarding);
  return { type: 'accepted', recipient: { address, mailboxes: recipients, forwards } };
}

function failed(
  ...[status, why, detail = why]: [...Parameters<typeof decideFailureReply>, string?]
): Acceptance {
  return { type: 'failed', reply: decideFailureReply(status, why), detail };
}
