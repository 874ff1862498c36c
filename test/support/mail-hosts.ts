import { indexAccounts, indexMembers } from '../../src/domain/account-index.ts';
import { type DomainName, parseDomainName } from '../../src/domain/domain-name.ts';
import type { MailSettings } from '../../src/domain/mail-settings.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { decideRecipient } from '../../src/mail/decide-recipient.ts';
import type { HomeFacts, MailDomain, MailView } from '../../src/mail/mail-view.ts';
import { parseAliases } from '../../src/mail/parse-aliases.ts';

/** A domain as a test tells of it. */
export interface MailHost {
  /** Lines of passwd without what is always the same: `bob:200002`. */
  readonly users?: readonly string[];
  /** Whole text. */
  readonly passwd?: string;
  readonly group?: string;
  readonly aliases?: string;
  readonly settings?: MailSettings;
  readonly admin?: string | undefined;
  readonly aliasOf?: string;
  /** By home. */
  readonly homes?: Readonly<Record<string, Partial<Extract<HomeFacts, { type: 'there' }>> | 'missing'>>;
  /** Folders of every mailbox. */
  readonly folders?: readonly string[];
  /** What reading etc/aliases throws. */
  readonly broken?: string;
}

/** A view of domains that are nowhere. */
export function mailHosts(hosts: Readonly<Record<string, MailHost>>): MailView {
  const find = (name: DomainName): MailDomain | undefined => {
    const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
    if (host === undefined) return undefined;
    return host.aliasOf === undefined ? makeDomain(name, host) : find(parseDomainName(host.aliasOf));
  };
  return { findDomain: find };
}

function makeDomain(domain: DomainName, host: MailHost): MailDomain {
  const { users = ['bob:200002', 'carl:200003'], settings = {}, homes = {}, folders = [] } = host;
  const lines = users.map((user) => {
    const [name = '', uid = '', gid = uid, home = `/home/${name}`] = user.split(':');
    return `${name}:x:${uid}:${gid}::${home}:/bin/false\n`;
  });
  return {
    root: '/virtual',
    domain,
    uids: { first: 200_000, count: 10_000 },
    admin: 'admin' in host ? host.admin : 'admin',
    settings,
    aliases: () => {
      if (host.broken === undefined) return parseAliases(host.aliases ?? '');
      throw new VirtfsError('TREE_UNSAFE', {
        what: 'cannot read etc/aliases',
        why: host.broken,
        mend: 'look',
      });
    },
    findAccount: indexAccounts(host.passwd ?? lines.join('')).find,
    groupsOf: indexMembers(host.group ?? '').groupsOf,
    lookAtHome: (question) => {
      const home = homes[question.home] ?? {};
      if (home === 'missing') return { type: 'missing', why: 'there is no such folder' };
      const folder = question.folders.find((each) => folders.includes(each));
      const usual = { isOwn: true, forward: undefined, forwardFault: undefined, folder, isOver: false };
      return { type: 'there', ...usual, ...home };
    },
  };
}

type Hosts = Readonly<Record<string, MailHost>>;

/** Mailboxes (`user` or `user/.folder`), then forwards; or what the refusal says. */
export function placesOf(address: string, hosts: Hosts): readonly string[] {
  const { result } = decideRecipient(address, mailHosts(hosts));
  if (result.type !== 'mailboxes') return [`${result.status} ${result.type}`];
  return [
    ...result.recipients.map(({ mailbox: { user, folder } }) =>
      folder === undefined ? user : `${user}/${folder}`,
    ),
    ...result.forwards.map((to) => `-> ${to}`),
  ];
}

/** All steps. */
export function textOf(address: string, hosts: Hosts): string {
  return decideRecipient(address, mailHosts(hosts))
    .steps.map(({ text }) => text)
    .join('\n');
}
