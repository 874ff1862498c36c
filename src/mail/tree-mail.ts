import { closeSync } from 'node:fs';
import type { Account } from '../domain/account.ts';
import type { AccountIndex, MemberIndex } from '../domain/account-index.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { MailSettings } from '../domain/mail-settings.ts';
import type { RecordMail } from '../domain/parse-record-mail.ts';
import type { UidRange } from '../domain/record.ts';
import { lookAtMailHome } from '../engine/look-at-mail-home.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import { openTree } from '../engine/open-tree.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { CachedDomain, DomainCache } from './domain-cache.ts';
import { explainTrouble } from './explain-trouble.ts';
import type { HomeFacts, HomeQuestion, MailDomain } from './mail-view.ts';
import type { ParsedAliases } from './parse-aliases.ts';

/** Reading group(5) for one user takes as long as this is large. */
const mostMemberCharacters = 1024 * 1024;

/** One domain as its tree and record are now. Good for one decision. */
export class TreeMail implements MailDomain {
  readonly root: string;
  readonly domain: DomainName;
  readonly uids: UidRange | undefined;
  readonly admin: string | undefined;
  readonly settings: MailSettings;
  readonly #root: Pick<TreesRoot, 'path' | 'fd'>;
  readonly #kept: CachedDomain;
  #aliases: ParsedAliases | undefined;
  #accounts: AccountIndex | undefined;
  #members: MemberIndex | undefined;

  /** `root` is asked for its descriptor each time. Throws BAD_RECORD, TREE_UNSAFE. */
  constructor(root: Pick<TreesRoot, 'path' | 'fd'>, domain: DomainName, cache: DomainCache) {
    this.root = root.path;
    this.domain = domain;
    this.#root = root;
    this.#kept = cache.of(root.path, domain);
    const record: RecordMail | undefined = this.#kept.record.read(root.fd);
    this.uids = record?.uids;
    this.admin = record?.admin;
    this.settings = record?.settings ?? {};
  }

  // Each file is read once: a decision stands on one state of it.
  readonly aliases = (): ParsedAliases => {
    this.#aliases ??= this.#look('etc/aliases', (fd) => this.#kept.aliases.read(fd));
    return this.#aliases;
  };

  readonly findAccount = (name: string): Account | undefined => {
    this.#accounts ??= this.#look('etc/passwd', (fd) => this.#kept.passwd.read(fd));
    return this.#accounts.find(name);
  };

  readonly groupsOf = (name: string): readonly number[] => {
    this.#members ??= this.#look('etc/group', (fd) => this.#kept.group.read(fd));
    if (this.#members.size > mostMemberCharacters) throw tooManyMembers(this.domain);
    return this.#members.groupsOf(name);
  };

  readonly lookAtHome = (question: HomeQuestion): HomeFacts =>
    this.#look('a home', (fd) => lookAtMailHome(fd, question));

  #look<T>(what: string, look: (treeFd: number) => T): T {
    try {
      const fd = openTree(this.#root, this.domain);
      try {
        return look(fd);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw explainTrouble(error, `cannot read ${what} of ${this.domain}`);
    }
  }
}

function tooManyMembers(domain: string): VirtfsError {
  return new VirtfsError('TREE_UNSAFE', {
    what: `cannot read etc/group of ${domain}`,
    why: `its lists of members are longer than ${mostMemberCharacters} characters`,
    mend: 'correct it: the group each user has of his own needs no member',
  });
}
