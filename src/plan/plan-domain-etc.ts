import type { DomainName } from '../domain/domain-name.ts';
import type { HostView } from '../domain/host-view.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { UidRange } from '../domain/record.ts';
import type { Entry } from '../manifest/entry.ts';
import { etcFile, etcFolder } from './etc-file.ts';
import { type EtcTemplates, renderEtc } from './etc-templates.ts';
import { findDomainName, findForeignName } from './find-foreign-name.ts';
import type { PlannedEtc } from './plan-host-etc.ts';
import { readHostText } from './read-host-file.ts';

export interface DomainEtcRequest {
  readonly domain: DomainName;
  readonly aliases: readonly DomainName[];
  readonly addresses: readonly IpAddress[];
  readonly admin: string;
  readonly uids: UidRange;
  readonly host: HostView;
  readonly templates: EtcTemplates;
  /** As for `planHostEtc`. */
  readonly foreign: readonly string[];
  /** Other domains of this host. */
  readonly otherDomains: ReadonlySet<string>;
  /** What `planHostEtc` answered. */
  readonly fromHost: PlannedEtc;
}

/**
 * All of a tree's etc but accounts and PAM: the administrator's templates, then what the host has, then the templates
 * virtfs brought. Each path once, folders before what they hold.
 */
export function planDomainEtc(request: DomainEtcRequest): PlannedEtc {
  const { domain, aliases, addresses, admin, uids, host, templates, foreign, fromHost } = request;
  const data = {
    domain,
    label: domain.split('.')[0] ?? domain,
    aliases,
    addresses,
    admin,
    uidFirst: uids.first,
    uidLast: uids.first + uids.count - 1,
  };
  const rendered = renderEtc(templates, (name) => !/^(?:pam\.d|security)\//u.test(name), data);
  const notices = [...fromHost.notices];
  const entries = new Map<string, Entry>();
  const add = (entry: Entry): void => {
    if (!entries.has(entry.path)) entries.set(entry.path, entry);
  };
  const addText = (name: string, text: string, why: string): void => {
    const parts = name.split('/').slice(0, -1);
    for (const depth of parts.keys())
      add(etcFolder(parts.slice(0, depth + 1).join('/'), 'holds configuration'));
    add(etcFile(name, text, why));
  };
  for (const { name, text, site } of rendered) {
    if (site) addText(name, text, "the administrator's template");
  }
  for (const entry of fromHost.entries) add(entry);
  const loginDefs = readHostText(host, '/etc/login.defs');
  if (loginDefs !== undefined) {
    if (findForeignName(loginDefs, foreign) ?? findDomainName(loginDefs, request.otherDomains))
      notices.push('/etc/login.defs of the host is not copied: it names a domain');
    else
      addText(
        'login.defs',
        renderLoginDefs(loginDefs, uids),
        "the host's rules for accounts, with this domain's user ids",
      );
  }
  for (const { name, text } of rendered) addText(name, text, `made for ${domain}`);
  return { entries: [...entries.values()], notices };
}

/** login.defs(5) of the host with the ids of one domain: what useradd in the tree gives stays in the domain's range. */
function renderLoginDefs(text: string, uids: UidRange): string {
  const kept = text
    .split('\n')
    .filter((line) => !/^\s*(?:(?:UID|GID|SUB_UID|SUB_GID)_(?:MIN|MAX|COUNT))\b/u.test(line));
  const last = uids.first + uids.count - 1;
  // biome-ignore format: lines of the file
  const ids = [
    `UID_MIN ${uids.first}`, `UID_MAX ${last}`,
    `GID_MIN ${uids.first}`, `GID_MAX ${last}`,
    // A tree has no subordinate ids to give: they would be another domain's, or the host's.
    'SUB_UID_COUNT 0', 'SUB_GID_COUNT 0',
  ];
  return `${kept.join('\n').trimEnd()}\n\n${ids.join('\n')}\n`;
}
