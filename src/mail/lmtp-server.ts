import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataResult,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import { escapeLines } from '../errors/escape-lines.ts';
import { decideAcceptance } from './decide-acceptance.ts';
import { decideRecipient } from './decide-recipient.ts';
import { decideFailureReply, type LmtpReply } from './decide-reply.ts';
import type { DeliveryPool } from './delivery-pool.ts';
import { whyNoForwarding } from './forward-message.ts';
import { LmtpConnection } from './lmtp-connection.ts';
import { describeDelivery, type SayToLog, severityOf } from './mail-log.ts';
import type { DeliveryResult, Mailbox } from './mail-types.ts';
import type { MailView } from './mail-view.ts';
import { MessageIds } from './message-id.ts';
import { type AcceptedRecipient, MessageCutShort, type Received, receiveMessage } from './receive-message.ts';
import type { VirtmaildSettings } from './virtmaild-settings.ts';

export interface LmtpServerOptions {
  readonly settings: VirtmaildSettings;
  readonly view: MailView;
  readonly pool: DeliveryPool;
  readonly say: SayToLog;
}

/** What the package sends for an error it is given. */
type Answer = (error?: (Error & { readonly responseCode: number }) | null) => void;

/** Sessions of LMTP (RFC 2033): who they are with is decided before. It listens nowhere itself. */
export class LmtpServer extends SMTPServer {
  #settings: VirtmaildSettings;
  #view: MailView;
  #isEnding = false;
  readonly #pool: DeliveryPool;
  readonly #say: SayToLog;
  readonly #ids = new MessageIds();
  readonly #connections = new WeakMap<object, LmtpConnection>();
  /** By the envelope, of which each transaction has its own. The package's list has nobody twice, and its answers would be too few. */
  readonly #recipients = new WeakMap<object, AcceptedRecipient[]>();

  constructor({ settings, view, pool, say }: LmtpServerOptions) {
    super({
      lmtp: true,
      logger: false,
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: false,
      disabledCommands: ['AUTH', 'STARTTLS', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL'],
      heloResponse: '%s',
      ...limitsOf(settings),
    });
    this.#settings = settings;
    this.#view = view;
    this.#pool = pool;
    this.#say = say;
  }

  /** Takes effect for sessions to come, and for what is asked next in those that are open. */
  change(settings: VirtmaildSettings, view: MailView): void {
    this.#settings = settings;
    this.#view = view;
    Object.assign(this.options, limitsOf(settings));
  }

  /** How many sessions are open. */
  count(): number {
    return this.connections.size;
  }

  /** Talks to a client. `peer` is for the log. */
  serve(socket: Socket, peer: string): void {
    const connection = new LmtpConnection(this, socket, {
      id: this.#ids.next(),
      peer,
      totalMs: this.#settings.totalSeconds * 1000,
      isEnding: () => this.#isEnding,
    });
    this.#connections.set(connection.session, connection);
    this.connections.add(connection);
    connection.on('error', (error: Error) =>
      this.#say('info', `client ${peer}: ${escapeLines(error.message)}`),
    );
    connection.init();
  }

  /** Ends every session as soon as nothing is under way in it, or at once. */
  end(atOnce: boolean): void {
    this.#isEnding = true;
    for (const connection of this.connections) {
      if (atOnce) connection._socket.destroy();
      else if (connection instanceof LmtpConnection) connection.endWhenIdle();
    }
  }

  override onConnect(_: SMTPServerSession, answer: (error?: Error | null) => void): void {
    // Not later: by then a client that does not wait could have spoken.
    answer();
  }

  override onRcptTo({ address }: SMTPServerAddress, session: SMTPServerSession, answer: Answer): void {
    void this.#accept(address, session)
      .catch((error: unknown) => this.#complain(error))
      .then((reply) => answer(reply && asError(reply)));
  }

  override onData(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    answer: (error?: Error | null, replies?: SMTPServerDataResult[]) => void,
  ): void {
    const recipients = this.#recipients.get(session.envelope) ?? [];
    const finish = (replies: readonly LmtpReply[]): void => {
      answer(undefined, replies.map(asDataResult));
      // What the client pipelined behind it is not answered any more.
      if (this.#isEnding) setImmediate(() => this.#connections.get(session)?.endWhenIdle());
    };
    void this.#receive(stream, session, recipients).then(finish, (error: unknown) => {
      const reply = error instanceof MessageCutShort ? undefined : this.#complain(error);
      finish(reply === undefined ? [] : recipients.map(() => reply));
    });
  }

  async #accept(address: string, session: SMTPServerSession): Promise<LmtpReply | undefined> {
    const accepted = this.#recipients.get(session.envelope) ?? [];
    if (accepted.length >= this.#settings.maxRecipients)
      return decideFailureReply(
        '4.5.3',
        `more than ${this.#settings.maxRecipients} recipients, send the message again for the others`,
      );
    const decision = decideRecipient(address, this.#view);
    const { result } = decision;
    const hasForwards = result.type === 'mailboxes' && result.forwards.length > 0;
    const facts = {
      overQuota: result.type === 'mailboxes' ? await this.#findFull(result.recipients, session) : new Map(),
      noForwarding: hasForwards ? whyNoForwarding(this.#forwarder()) : undefined,
    };
    const acceptance = decideAcceptance(decision, facts);
    if (acceptance.type === 'failed') {
      const { reply, detail } = acceptance;
      const kind = reply.code >= 500 ? 'refused' : 'later';
      const peer = this.#connections.get(session)?.peer;
      this.#say(
        kind === 'later' ? 'warning' : 'notice',
        `RCPT to=<${escapeLines(address).slice(0, 200)}>, from=<${escapeLines(senderOf(session)).slice(0, 200)}>, client=${peer}, ${kind} (${reply.status}, ${detail})`,
      );
      return reply;
    }
    accepted.push(acceptance.recipient);
    this.#recipients.set(session.envelope, accepted);
    return undefined;
  }

  async #findFull(
    recipients: readonly { readonly mailbox: Mailbox }[],
    session: SMTPServerSession,
  ): Promise<Map<Mailbox, Exclude<DeliveryResult, { readonly type: 'delivered' }>>> {
    const full = new Map<Mailbox, Exclude<DeliveryResult, { readonly type: 'delivered' }>>();
    for (const { mailbox } of recipients) {
      if (mailbox.quota === undefined) continue;
      const found = await this.#pool.findOverQuota(mailbox, announcedSize(session));
      if (found !== undefined && found.type !== 'delivered') full.set(mailbox, found);
    }
    return full;
  }

  async #receive(
    stream: Readable,
    session: SMTPServerSession,
    recipients: readonly AcceptedRecipient[],
  ): Promise<readonly LmtpReply[]> {
    const id = this.#ids.next();
    const since = performance.now();
    const sender = senderOf(session);
    const peer = this.#connections.get(session)?.peer ?? '';
    const say = ({ results, size }: Received): void => {
      const seconds = (performance.now() - since) / 1000;
      for (const [index, recipient] of recipients.entries())
        for (const [at, result] of (results[index] ?? []).entries()) {
          const target = describeTarget(recipient, at);
          const line = { id, sender, address: recipient.address, target, size, seconds, peer, result };
          this.#say(severityOf(result), describeDelivery(line));
        }
    };
    try {
      const received = await receiveMessage(stream, {
        id,
        sender,
        recipients,
        maxSize: this.#settings.maxSize,
        pool: this.#pool,
        forwarder: this.#forwarder(),
      });
      say(received);
      return received.replies;
    } catch (error) {
      if (error instanceof MessageCutShort)
        this.#say(
          'notice',
          `${id}: from=<${escapeLines(sender).slice(0, 200)}>, client=${peer}, ${error.message}: nothing is delivered`,
        );
      throw error;
    }
  }

  #forwarder() {
    return { program: this.#settings.sendmail, user: this.#settings.forwardUser };
  }

  /** A mistake of ours must not lose mail. */
  #complain(error: unknown): LmtpReply {
    this.#say(
      'err',
      `a bug of virtmaild, please report it: ${Error.isError(error) ? (error.stack ?? error.message) : String(error)}`,
    );
    return decideFailureReply('4.3.0', 'internal error');
  }
}

function limitsOf({ maxSize, idleSeconds }: VirtmaildSettings): {
  readonly size: number;
  readonly socketTimeout: number;
} {
  return { size: maxSize, socketTimeout: idleSeconds * 1000 };
}

function describeTarget({ mailboxes, forwards }: AcceptedRecipient, at: number): string {
  const mailbox = mailboxes[at]?.mailbox;
  return mailbox === undefined ? forwards.join(' ') || 'nobody' : `${mailbox.user}@${mailbox.domain}`;
}

function senderOf({ envelope: { mailFrom } }: SMTPServerSession): string {
  return mailFrom ? mailFrom.address : '';
}

/** What MAIL said with SIZE (RFC 1870). */
function announcedSize({ envelope: { mailFrom } }: SMTPServerSession): number | undefined {
  const args = mailFrom ? mailFrom.args : undefined;
  const size = args && 'SIZE' in args ? Number(args.SIZE) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}

function asDataResult(reply: LmtpReply): SMTPServerDataResult {
  return reply.code === 250 ? `${reply.status} ${reply.text}` : asError(reply);
}

/** As the package wants it; the status in front is for `LmtpConnection`. */
function asError({ code, status, text }: LmtpReply): Error & { readonly responseCode: number } {
  return Object.assign(new Error(`${status} ${text}`), { responseCode: code });
}
