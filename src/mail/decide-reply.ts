import type { DeliveryResult, EnhancedStatus } from './mail-types.ts';

/** An answer to a client: its code (RFC 5321, 4.2.3), its status (RFC 3463), and one line of text. */
export interface LmtpReply {
  readonly code: number;
  readonly status: EnhancedStatus | `2.${number}.${number}`;
  readonly text: string;
}

// biome-ignore format: a table
const codes: Readonly<Partial<Record<EnhancedStatus, number>>> = {
  '4.2.2': 452,
  '4.3.1': 452,
  '4.5.3': 452,
  '5.1.3': 553,
  '5.2.2': 552,
  '5.3.4': 552,
};

/** The code that goes with a status: what a client acts on is its first digit, which is that of the status. */
export function decideReplyCode(status: EnhancedStatus): number {
  return codes[status] ?? (status.startsWith('4') ? 451 : status.startsWith('5.1.') ? 550 : 554);
}

/** What did not go well, as a client is told. */
export function decideFailureReply(status: EnhancedStatus, why: string): LmtpReply {
  return { code: decideReplyCode(status), status, text: why };
}

/**
 * One answer for all mailboxes and forwards that one recipient stands for. What has to be tried again comes first, for a
 * client takes the message back only for the whole recipient; then what is refused, so that the sender hears of it.
 */
export function decideCommonReply(results: readonly DeliveryResult[], id: string): LmtpReply {
  const later = results.find(({ type }) => type === 'later');
  const failed = later ?? results.find(({ type }) => type === 'refused');
  if (failed === undefined || failed.type === 'delivered')
    return { code: 250, status: '2.0.0', text: `${id} delivered` };
  const some = results.some(({ type }) => type === 'delivered') ? ' (for a part of its recipients)' : '';
  return decideFailureReply(failed.status, `${failed.why}${some}`);
}
