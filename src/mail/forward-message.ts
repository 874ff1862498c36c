import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import type { Writable } from 'node:stream';
import { escapeLines } from '../errors/escape-lines.ts';
import { findHostUser } from '../host/find-host-account.ts';
import type { DeliveryResult } from './mail-types.ts';

/** The host's own way out for mail. */
export interface Forwarder {
  /** A sendmail(1): Postfix, Exim and sendmail all bring one. */
  readonly program: string;
  /** The user of the host it runs as; never root. */
  readonly user: string;
}

export interface Forwarding {
  /** Empty for a bounce. */
  readonly sender: string;
  /** For whom it came, by which a loop is found. */
  readonly deliveredTo: string;
  readonly addresses: readonly string[];
  /** The whole message. */
  readonly body: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** What its lines end with. */
  readonly lineEnd: '\n' | '\r\n';
}

const patienceMs = 60_000;

/** Why nothing can be forwarded now; undefined when it can. */
export function whyNoForwarding({ program, user }: Forwarder): string | undefined {
  const account = findHostUser(user);
  if (account === undefined || account.uid === 0)
    return `no user ${escapeLines(user)} of this host could forward it`;
  try {
    accessSync(program, constants.X_OK);
    return undefined;
  } catch {
    // Not there, or no program: the same to whoever waits for the mail.
    return `there is no ${escapeLines(program)} to forward it with`;
  }
}

/** Hands a message to the host's sendmail(1), as an unprivileged user: `later` unless that took it. */
export async function forwardMessage(
  { program, user }: Forwarder,
  { sender, deliveredTo, addresses, body, lineEnd }: Forwarding,
): Promise<DeliveryResult> {
  const why = whyNoForwarding({ program, user });
  const account = findHostUser(user);
  if (why !== undefined || account === undefined) return later(why ?? 'nobody could forward it');
  const child = spawn(program, ['-i', '-f', sender === '' ? '<>' : sender, '--', ...addresses], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'close').catch((error: unknown) => [undefined, error]);
  try {
    await writeAll(child.stdin, `Delivered-To: ${deliveredTo}${lineEnd}`, body());
    child.stdin.end();
  } catch {
    // It went before it had all, and its status says why; or the message could not be read. Killed before its input is
    // closed: it would send on what it has.
    child.kill('SIGKILL');
  }
  const [status, trouble] = await ended;
  if (status === 0) return { type: 'delivered', path: addresses.join(', ') };
  return later(
    `${program} did not take it: ${typeof status === 'number' ? `status ${status}` : String(trouble)}`,
  );
}

async function writeAll(
  input: Writable,
  header: string,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  // Thrown by the wait for room, too; without a listener it would end us.
  input.on('error', () => {});
  input.write(header);
  for await (const piece of body) if (!input.write(piece)) await once(input, 'drain');
}

function later(why: string): DeliveryResult {
  return { type: 'later', status: '4.3.0', why };
}
