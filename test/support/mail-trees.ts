import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainName } from '../../src/domain/domain-name.ts';
import type { DeliveryResult, Envelope, Mailbox } from '../../src/mail/mail-types.ts';

/** Trees of which there is no more than homes: `users` of each domain, all with ids of their own. */
export function makeMailTrees(
  root: string,
  domains: readonly string[],
  users: readonly string[],
): readonly Mailbox[] {
  mkdirSync(root, { mode: 0o700 });
  return domains.flatMap((domain, index) => {
    mkdirSync(join(root, domain, 'home'), { recursive: true, mode: 0o755 });
    return users.map((user, number) =>
      makeMailUser({ root, domain, user, uid: 200_000 + index * 1000 + number + 1 }),
    );
  });
}

function makeMailUser(at: { root: string; domain: string; user: string; uid: number }): Mailbox {
  const { root, domain, user, uid } = at;
  const home = `/home/${user}`;
  mkdirSync(join(root, domain, home), { mode: 0o711 });
  chownSync(join(root, domain, home), uid, uid);
  return {
    root,
    domain: domain as DomainName,
    user,
    uid,
    gid: uid,
    groups: [uid],
    home,
    folder: undefined,
    quota: undefined,
  };
}

export function addressOf({ user, domain }: Mailbox): string {
  return `${user}@${domain}`;
}

/** From `alice@example.org` to each of the mailboxes. */
export function envelopeTo(...mailboxes: readonly Mailbox[]): Envelope {
  const recipients = mailboxes.map((mailbox) => ({ address: addressOf(mailbox), mailbox }));
  return { sender: 'alice@example.org', recipients };
}

/** The mailbox's Maildir, or what is below it, as the host names it. */
export function maildirOf({ root, domain, home }: Mailbox, ...below: readonly string[]): string {
  return join(root, domain, home, 'Maildir', ...below);
}

/** What is in a folder of the mailbox, the inbox's `new` if no other is named, one character a byte. */
export function readMessages(mailbox: Mailbox, folder = 'new'): readonly string[] {
  const path = maildirOf(mailbox, folder);
  return readdirSync(path).map((name) => readFileSync(join(path, name), 'latin1'));
}

/** The message as it comes to be in a mailbox. */
export function delivered(mailbox: Mailbox, message: string): string {
  const newline = /^[^\n]*\r\n/u.test(message) ? '\r\n' : '\n';
  return `Return-Path: <alice@example.org>${newline}Delivered-To: ${addressOf(mailbox)}${newline}${message}`;
}

/** The message in pieces of so many characters, as `deliverHere` reads them. */
export function readerOf(message: string, size = Math.max(1, message.length)): () => Uint8Array | undefined {
  const pieces = Array.from({ length: Math.ceil(message.length / size) }, (_, index) =>
    Buffer.from(message.slice(index * size, (index + 1) * size), 'latin1'),
  );
  return () => pieces.shift();
}

/** What a result says in short: its path's folder, or its status. */
export function shortOf(result: DeliveryResult): string {
  return result.type === 'delivered'
    ? `in ${result.path.replace(/\/[^/]*$/u, '')}`
    : `${result.type} ${result.status}`;
}
