import { escapeLines } from '../errors/escape-lines.ts';
import type { Decision } from './decision.ts';
import type { Mailbox } from './mail-types.ts';

/** A decision for people: every step, then the result. Lines without control characters. */
export function describeDecision({ address, steps, result }: Decision): readonly string[] {
  const shownAddress = escapeLines(address).slice(0, 300);
  return [
    shownAddress,
    ...steps.map(({ depth, text }) => `  ${'  '.repeat(depth)}${text}`),
    ...describeResult(result),
  ];
}

function describeResult(result: Decision['result']): readonly string[] {
  if (result.type !== 'mailboxes') {
    const meaning = result.type === 'refused' ? 'refused for good' : 'to be tried again later';
    return [`${meaning}: ${result.status} ${result.why}`];
  }
  return [
    ...result.recipients.map(({ mailbox }) => `delivered to ${describeMailbox(mailbox)}`),
    ...result.forwards.map((to) => `forwarded to ${escapeLines(to)}`),
  ];
}

/** Where a message for it lies, as a path of the host. */
export function describeMailbox({ root, domain, home, folder, uid }: Mailbox): string {
  const path = `${root}/${domain}${home}/Maildir${folder === undefined ? '' : `/${folder}`}`;
  return `${escapeLines(path.replace(/\/+/gu, '/'))} as user ${uid}`;
}
