import { lowerAscii } from '../domain/lower-ascii.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { MailDomain } from './mail-view.ts';

/** A name of a domain. */
export interface MailName {
  readonly domain: MailDomain;
  readonly local: string;
}

/** One name to look for, and how we came to it. */
export interface Visit extends MailName {
  readonly depth: number;
  /** Keys of the names that were expanded on the way here. */
  readonly chain: readonly string[];
  /** It is asked for from outside of the domain, which may refuse it. */
  readonly isOutside: boolean;
  /** The mailbox of an account and nothing else. */
  readonly isFinal: boolean;
  readonly mayCatchAll: boolean;
}

/** The whole local part, then without what follows the separator: whoever is called `bob+list` is meant first. */
export function namesOf({ domain, local }: MailName): readonly string[] {
  const { detail } = domain.settings;
  const at = detail === undefined ? -1 : local.indexOf(detail, 1);
  return at === -1 ? [local] : [local, local.slice(0, at)];
}

/** The same for two spellings of one name. */
export function keyOf({ domain, local }: MailName): string {
  return `${domain.root}\0${domain.domain}\0${lowerAscii(local)}`;
}

/** For people, escaped. */
export function shown({ domain, local }: MailName): string {
  return escapeLines(`${local}@${domain.domain}`);
}
