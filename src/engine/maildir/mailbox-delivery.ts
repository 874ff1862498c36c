import { closeSync } from 'node:fs';
import { isErrno } from '../../errors/virtfs-error.ts';
import { addToMailboxSize, isMailboxOver, type SizeContext } from './mailbox-size.ts';
import type { MaildirQuota } from './maildirsize.ts';
import { MessageFile } from './message-file.ts';
import { type Maildir, openMaildir } from './open-maildir.ts';
import { reapTmp } from './reap-tmp.ts';

export interface MailboxQuota extends MaildirQuota {
  /** Whether a message over it is refused for good, or to be tried again. */
  readonly over: 'hard' | 'soft';
}

/** Where a message goes: all of it is looked at with the permissions the calling thread has. */
export interface MailboxPlace {
  readonly uid: number;
  readonly folder: string | undefined;
  readonly quota: MailboxQuota | undefined;
  /** Opens the home: a descriptor that is the caller's to close. */
  readonly openHome: () => number;
}

/** The message would not fit. */
export class OverQuota extends Error {
  override readonly name = 'OverQuota';
  readonly over: MailboxQuota['over'];

  constructor(over: MailboxQuota['over']) {
    super('the mailbox is full');
    this.over = over;
  }
}

const mostTries = 5;
/** Once in so many deliveries `tmp` is looked through. */
const reapOneIn = 200;

/**
 * One message on its way into one mailbox: `write` as often as there are pieces, then `commit`, or `discard`. Every call,
 * the constructor too, is made with the file identity of the mailbox's user. Throws OverQuota, NotAMaildir and the system's
 * errors; then `discard` is all that is left to call.
 */
export class MailboxDelivery {
  readonly #maildir: Maildir;
  readonly #file: MessageFile;
  readonly #size: (SizeContext & { readonly quota: MailboxQuota }) | undefined;
  readonly #known: number;

  /** `bytes` is what is known to come. */
  constructor({ uid, folder, quota, openHome }: MailboxPlace, bytes: number, nameFile: () => string) {
    this.#maildir = openAt(openHome(), { uid, folder });
    this.#known = bytes;
    try {
      this.#size = quota && { maildir: this.#maildir, quota, nameFile };
      this.#requireRoom(bytes);
      if (Math.random() * reapOneIn < 1) reapTmp(this.#maildir, Date.now());
      this.#file = makeFile(this.#maildir, nameFile);
    } catch (error) {
      this.#maildir[Symbol.dispose]();
      throw error;
    }
  }

  write(parts: readonly Uint8Array[]): void {
    this.#file.write(parts);
  }

  /** Where it is, below the home; it is on disk. */
  commit(): string {
    if (this.#file.size > this.#known) this.#requireRoom(this.#file.size);
    const path = `${this.#maildir.path}/new/${this.#file.commit()}`;
    if (this.#size !== undefined) tryAddToSize(this.#size, this.#file.size);
    this.#maildir[Symbol.dispose]();
    return path;
  }

  /** Nothing of it is left. */
  discard(): void {
    try {
      this.#file.discard();
    } finally {
      this.#maildir[Symbol.dispose]();
    }
  }

  #requireRoom(bytes: number): void {
    if (this.#size !== undefined && isMailboxOver(this.#size, bytes, Date.now()))
      throw new OverQuota(this.#size.quota.over);
  }
}

/** Throws OverQuota when a message of `bytes` would not fit now; a mailbox that is not there yet has room. */
export function requireRoom(
  { uid, folder, quota, openHome }: MailboxPlace,
  bytes: number,
  nameFile: () => string,
): void {
  if (quota === undefined) return;
  using maildir = openAt(openHome(), { uid, folder });
  if (isMailboxOver({ maildir, quota, nameFile }, bytes, Date.now())) throw new OverQuota(quota.over);
}

function openAt(
  home: number,
  choice: { readonly uid: number; readonly folder: string | undefined },
): Maildir {
  try {
    return openMaildir(home, choice);
  } finally {
    closeSync(home);
  }
}

function makeFile(maildir: Maildir, nameFile: () => string): MessageFile {
  for (let tries = 1; ; tries++) {
    try {
      return new MessageFile(maildir, nameFile());
    } catch (error) {
      if (!isErrno(error, 'EEXIST') || tries === mostTries) throw error;
    }
  }
}

/** The message is delivered, whatever becomes of the sum: it is counted anew when it matters. */
function tryAddToSize(context: SizeContext, bytes: number): void {
  try {
    addToMailboxSize(context, bytes);
  } catch {
    // No reason to say anything else than that it is delivered.
  }
}
