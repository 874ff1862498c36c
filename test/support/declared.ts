import type { DeclaredDomain, DeclaredUser, PresentDomain } from '../../src/domain/declared-host.ts';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import { parseDeclaredHost } from '../../src/domain/parse-declared-host.ts';
import type { DomainRecord } from '../../src/domain/record.ts';
import { listTreeAccounts, type TreeAccounts } from '../../src/domain/tree-accounts.ts';

export const hash1 = `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`;
export const hash2 = `$6$${'c'.repeat(16)}$${'d'.repeat(86)}`;

/** Declared domains, from the value a TOML reader would give. */
export function declare(domains: Readonly<Record<string, unknown>>): readonly DeclaredDomain[] {
  return parseDeclaredHost({ domains }, 'host.toml');
}

/** One declared user of one.org. */
export function declareUser(name: string, fields: Readonly<Record<string, unknown>> = {}): DeclaredUser {
  const [user] = declare({ 'one.org': { users: { [name]: fields } } })[0]?.users ?? [];
  if (user === undefined) throw new Error('no user');
  return user;
}

export interface PresentWords {
  readonly profiles?: readonly string[];
  readonly addresses?: readonly string[];
  readonly aliases?: readonly string[];
  /** As the record has them where nothing else is said. */
  readonly links?: readonly string[];
  readonly isBehind?: boolean;
  readonly services?: readonly string[];
  /** Lines of passwd behind those every tree has: `bob:200002`, `bob:200002:Bob B:/home/b/bob:/bin/sh`. */
  readonly users?: readonly string[];
  /** Lines of group: `devs:200100:bob,anna`. */
  readonly groups?: readonly string[];
  /** Lines of shadow: `bob:!`. */
  readonly passwords?: readonly string[];
  readonly trouble?: string;
}

/** A domain as it is. Its ids begin with 200000. */
export function present(name: string, words: PresentWords = {}): PresentDomain {
  const { profiles = ['small'], addresses = [], aliases = [], isBehind = false, trouble } = words;
  const { services = [] } = words;
  const record: DomainRecord = {
    version: 1,
    domain: parseDomainName(name),
    profiles,
    addresses: addresses.map(parseIpAddress),
    aliases: aliases.map(parseDomainName),
    admin: 'admin',
    uids: { first: 200_000, count: 10_000 },
    link: 'hardlink',
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
  };
  const links = (words.links ?? aliases).map(parseDomainName);
  const accounts = trouble === undefined ? accountsOf(words) : undefined;
  return { record, links, services, isBehind, accounts, trouble };
}

/** Who is in a tree. */
export function accountsOf({ users = [], groups = [], passwords = [] }: PresentWords = {}): TreeAccounts {
  const added = users.map((line) => {
    const [name = '', uid = '', gecos = '', home = `/home/${name[0]}/${name}`, shell = '/bin/false'] =
      line.split(':');
    return { name, uid, passwd: `${name}:x:${uid}:${uid}:${gecos}:${home}:${shell}` };
  });
  const own = added.filter(({ name }) => !groups.some((line) => line.startsWith(`${name}:`)));
  return listTreeAccounts(
    {
      passwd: lines([
        'root:x:0:0:root:/root:/bin/sh',
        'mail:x:8:8:mail:/var/mail:/usr/sbin/nologin',
        'webmaster:x:200000:200000:Webmaster:/var/www:/bin/sh',
        'admin:x:200001:200001:Administrator:/home/a/admin:/bin/sh',
        ...added.map(({ passwd }) => passwd),
      ]),
      group: lines([
        'root:x:0:',
        'mail:x:8:',
        ...(groups.some((line) => line.startsWith('www:')) ? [] : ['www:x:200000:admin']),
        'admin:x:200001:',
        ...own.map(({ name, uid }) => `${name}:x:${uid}:`),
        ...groups.map((line) => line.replace(':', ':x:')),
      ]),
      shadow: lines(['root:*:::::::', ...passwords.map((line) => `${line}:::::::`)]),
      gshadow: '',
    },
    { first: 200_000, count: 10_000 },
    '/bin/sh',
  );
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}
