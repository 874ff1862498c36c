import { describe, expect, test } from 'vitest';
import { type AcceptanceFacts, decideAcceptance } from '../../../src/mail/decide-acceptance.ts';
import type { Decision } from '../../../src/mail/decision.ts';
import type { EnvelopeRecipient, Mailbox } from '../../../src/mail/mail-types.ts';

const mailbox = (user: string) => ({ user }) as Mailbox;
const bob: EnvelopeRecipient = { address: 'team@a.example', mailbox: mailbox('bob') };
const eve: EnvelopeRecipient = { address: 'team@a.example', mailbox: mailbox('eve') };
const hard = { type: 'refused', status: '5.2.2', why: 'full' } as const;
const soft = { type: 'later', status: '4.2.2', why: 'full' } as const;

describe('decideAcceptance', () => {
  test('takes a recipient with its mailboxes and forwards', () => {
    expect(decide([bob, eve], ['x@b.example'])).toEqual({
      type: 'accepted',
      recipient: { address: 'team@a.example', mailboxes: [bob, eve], forwards: ['x@b.example'] },
    });
  });

  test('passes on what was decided against it', () => {
    const result = { type: 'refused', status: '5.1.1', why: 'nobody', detail: 'nobody at all' } as const;
    const decision: Decision = { address: 'x@a.example', steps: [], result };
    expect(decideAcceptance(decision, facts())).toEqual({
      type: 'failed',
      reply: { code: 550, status: '5.1.1', text: 'nobody' },
      detail: 'nobody at all',
    });
  });

  test('lets all wait for the one who has to, and refuses for good only what nobody could get', () => {
    expect(statusOf(decide([bob, eve], [], facts([[eve, soft]])))).toBe('4.2.2');
    expect(statusOf(decide([bob, eve], [], facts([[eve, hard]])))).toBe('accepted');
    expect(statusOf(decide([bob], ['x@b.example'], facts([[bob, hard]])))).toBe('accepted');
    expect(
      statusOf(
        decide(
          [bob, eve],
          [],
          facts([
            [bob, hard],
            [eve, hard],
          ]),
        ),
      ),
    ).toBe('5.2.2');
    expect(
      statusOf(
        decide(
          [bob, eve],
          [],
          facts([
            [bob, hard],
            [eve, soft],
          ]),
        ),
      ),
    ).toBe('4.2.2');
  });

  test('lets wait what cannot be forwarded now, or would be for nobody', () => {
    expect(statusOf(decide([bob], ['x@b.example'], facts([], 'no sendmail')))).toBe('4.3.5');
    expect(statusOf(decide([bob], [], facts([], 'no sendmail')))).toBe('accepted');
    expect(statusOf(decide([], []))).toBe('4.3.5');
  });
});

function facts(
  full: readonly (readonly [EnvelopeRecipient, typeof hard | typeof soft])[] = [],
  noForwarding?: string,
): AcceptanceFacts {
  return { overQuota: new Map(full.map(([{ mailbox: of }, why]) => [of, why])), noForwarding };
}

function decide(recipients: readonly EnvelopeRecipient[], forwards: readonly string[], given = facts()) {
  const result = { type: 'mailboxes', recipients, forwards } as const;
  return decideAcceptance({ address: 'team@a.example', steps: [], result }, given);
}

function statusOf(acceptance: ReturnType<typeof decideAcceptance>): string {
  return acceptance.type === 'accepted' ? 'accepted' : acceptance.reply.status;
}
