import { describe, expect, it } from 'vitest';
import { decideRecipient } from '../../../src/mail/decide-recipient.ts';
import { describeDecision } from '../../../src/mail/describe-decision.ts';
import { mailHosts } from '../../support/mail-hosts.ts';

describe('describeDecision', () => {
  it('says each step, those of an alias below it, and the result', () => {
    const view = mailHosts({ 'example.org': { aliases: 'sales: bob, anna@far.org\n' } });
    expect(describeDecision(decideRecipient('sales@example.org', view))).toEqual([
      'sales@example.org',
      '  example.org is a domain in /virtual',
      '  etc/aliases sends sales@example.org to bob',
      '  etc/aliases sends sales@example.org to anna@far.org',
      '    bob of example.org is user 200002, group 200002, with the home /home/bob',
      '    it goes to the mailbox of bob of example.org',
      '    anna@far.org is of another host: forwarded',
      'delivered to /virtual/example.org/home/bob/Maildir as user 200002',
      'forwarded to anna@far.org',
    ]);
  });

  it('says a refusal with its status, and no control character of the address', () => {
    expect(describeDecision(decideRecipient('\u001b[2J@example.org', mailHosts({}))).join('|')).toBe(
      '\\x1b[2J@example.org|  the address is malformed: it holds a control character|refused for good: 5.1.3 malformed address: it holds a control character',
    );
    expect(describeDecision(decideRecipient('bob@x.org', mailHosts({}))).at(-1)).toBe(
      'refused for good: 5.1.2 no such domain here',
    );
  });
});
