import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { escapeLines } from '../../errors/escape-lines.ts';
import { readSettings } from '../../host/read-settings.ts';
import { decideExitStatus } from '../../mail/decide-exit-status.ts';
import { deliverAsRoot, type RootDelivered } from '../../mail/deliver-as-root.ts';
import { findForwarderIn } from '../../mail/find-forwarder.ts';
import type { EnhancedStatus } from '../../mail/mail-types.ts';
import { whyNotPath } from '../../mail/parse-qmail-lines.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { badUsage } from '../command-line.ts';
import type { MailTestCall } from '../specs/mail-test-spec.ts';

/** One mailbox, or all that goes to other hosts. */
interface Copy {
  readonly to: string;
  readonly type: 'delivered' | 'refused' | 'later';
  /** The file, as the host sees it; undefined for what goes to other hosts. */
  readonly path?: string | undefined;
  readonly status?: EnhancedStatus;
  readonly why?: string;
}

export async function runMailTest({ operands, values, io, spec }: MailTestCall): Promise<number> {
  const [address = ''] = operands;
  const sender = values.sender ?? '';
  const wrong = whyNotPath(sender);
  if (wrong !== undefined) throw badUsage('virtfs', spec, `--sender is no address: ${wrong}`);
  requireRoot('deliver mail');
  const { roots, configDir } = await readSettings(io.env, values.root);
  const text = renderMessage(address, sender);
  const done = await deliverAsRoot({
    roots,
    sender,
    recipient: address,
    deliveredTo: undefined,
    quoteFrom: false,
    read: readOnce(text),
    findForwarder: () => findForwarderIn(configDir),
  });
  const copies = listCopies(done);
  const { outcome } = done;
  if (values.json) {
    io.out(JSON.stringify({ address, sender, outcome, copies }, undefined, 2));
    return decideExitStatus(outcome, 'sysexits');
  }
  for (const { to, path, why, type, status } of copies) {
    if (type !== 'delivered') io.err(`${to}: ${escapeLines(`${why} [${status}]`)}`);
    else if (path !== undefined) io.out(path);
    else if (!values.quiet) io.err(`${to}: handed to sendmail.`);
  }
  if (copies.length === 0 && outcome.type !== 'delivered') {
    io.err(
      `virtfs: ${outcome.type === 'refused' ? 'refused' : 'not now'}: ${outcome.why} [${outcome.status}]`,
    );
    io.err(`  see how it was decided: virtfs mail explain ${escapeLines(address)}`);
  }
  return decideExitStatus(outcome, 'sysexits');
}

function listCopies({ decision, results }: RootDelivered): readonly Copy[] {
  if (decision.result.type !== 'mailboxes') return [];
  const { recipients, forwards } = decision.result;
  return results.map((result, index): Copy => {
    const mailbox = recipients[index]?.mailbox;
    const to = mailbox === undefined ? forwards.join(', ') : `${mailbox.user}@${mailbox.domain}`;
    if (result.type !== 'delivered') return { to, ...result };
    if (mailbox === undefined) return { to, type: 'delivered' };
    const path = join(mailbox.root, mailbox.domain, mailbox.home, result.path);
    return { to, type: 'delivered', path };
  });
}

function renderMessage(address: string, sender: string): string {
  const host = hostname();
  return [
    `From: ${escapeLines(sender === '' ? `virtfs@${host}` : sender)}`,
    `To: ${escapeLines(address)}`,
    'Subject: Test message of virtfs',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@${host}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `Whoever reads this gets the mail for ${escapeLines(address)}.`,
    'It was sent by the command virtfs mail test.',
    '',
  ].join('\n');
}

function readOnce(text: string): () => Uint8Array | undefined {
  const pieces = [Buffer.from(text)];
  return () => pieces.shift();
}
