import type { DeclaredDomain, DeclaredUser, PresentDomain } from '../domain/declared-host.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { TreeAccounts } from '../domain/tree-accounts.ts';
import { planUserChanges } from './plan-user-changes.ts';

export type ListName = 'profiles' | 'addresses' | 'aliases';

/** A list of a domain's record that is to be another. */
export interface ListChange {
  readonly name: ListName;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What of a user is to be another. Of a password nobody needs to know more. */
export type UserField =
  | { readonly name: 'full name' | 'shell'; readonly from: string; readonly to: string }
  | { readonly name: 'groups'; readonly from: readonly string[]; readonly to: readonly string[] }
  | { readonly name: 'password' };

/** A domain that is to be made, with nothing left to choose. */
export interface NewDomain {
  readonly domain: DomainName;
  readonly profiles: readonly string[];
  readonly addresses: readonly IpAddress[];
  readonly aliases: readonly DomainName[];
  readonly admin: string;
}

/** One step from what is there to what is declared. */
export type HostChange =
  | { readonly type: 'remove domain'; readonly domain: DomainName }
  | { readonly type: 'change domain'; readonly domain: DomainName; readonly lists: readonly ListChange[] }
  | { readonly type: 'create domain'; readonly domain: DomainName; readonly make: NewDomain }
  /** The tree follows its record, which a call that was stopped had changed. */
  | { readonly type: 'refresh domain'; readonly domain: DomainName }
  | ServicesChange
  | UserChangeStep;

/** Lines of conf files that come and go: services by their names. */
export interface ServicesChange {
  readonly type: 'change services';
  readonly domain: DomainName;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** One step of those that concern the users of a domain. */
export type UserChangeStep =
  | { readonly type: 'remove user'; readonly domain: DomainName; readonly name: string }
  | { readonly type: 'remove group'; readonly domain: DomainName; readonly name: string }
  | { readonly type: 'add group'; readonly domain: DomainName; readonly name: string }
  | { readonly type: 'add user'; readonly domain: DomainName; readonly user: DeclaredUser }
  | {
      readonly type: 'change user';
      readonly domain: DomainName;
      readonly user: DeclaredUser;
      readonly fields: readonly UserField[];
    };

export interface HostPlan {
  readonly changes: readonly HostChange[];
  /** Sentences: what is declared and cannot be brought about. */
  readonly refusals: readonly string[];
  /** Sentences: what is worth knowing beforehand. */
  readonly notices: readonly string[];
}

export interface HostPlanSetting {
  /** Remove what is not declared. */
  readonly prune: boolean;
  /** Of new domains for which nothing else is declared. */
  readonly defaults: { readonly profile: string; readonly admin: string };
  /** Who will be in the tree of each new domain. */
  readonly foreseen: ReadonlyMap<DomainName, TreeAccounts>;
}

/**
 * What lies between a declaration and what is there, in the order in which it can be done: what gives names and
 * addresses up comes before what takes them, and 'change domain' steps are meant to be taken all at once, for they may
 * exchange theirs. Without `prune` nothing goes that the declaration does not name.
 */
export function planHostChanges(
  declared: readonly DeclaredDomain[],
  present: readonly PresentDomain[],
  { prune, defaults, foreseen }: HostPlanSetting,
): HostPlan {
  const names = new Set(declared.map(({ domain }) => domain));
  const known = new Map(present.map((each) => [each.record.domain, each]));
  const removals = present
    .filter(({ record }) => prune && !names.has(record.domain))
    .map(({ record }): HostChange => ({ type: 'remove domain', domain: record.domain }));
  const pairs = declared.map((each) => ({ each, there: known.get(each.domain) }));
  const records = pairs.flatMap(({ each, there }) => (there === undefined ? [] : planRecord(each, there)));
  const users = pairs.map(({ each, there }) => {
    const accounts = there === undefined ? foreseen.get(each.domain) : there.accounts;
    const admin = there?.record.admin ?? each.admin ?? defaults.admin;
    return accounts === undefined
      ? { changes: [], refusals: refuseAccounts(there), notices: [] }
      : planUserChanges(each, accounts, { prune: prune && there !== undefined, admin });
  });
  return {
    changes: [
      ...removals,
      ...records.filter(({ type }) => type === 'change domain'),
      ...pairs.flatMap(({ each, there }) => (there === undefined ? [planCreation(each, defaults)] : [])),
      ...records.filter(({ type }) => type === 'refresh domain'),
      // Lines are for addresses, which the steps before have brought.
      ...pairs.flatMap(({ each, there }) => planServices(each, there)),
      ...users.flatMap(({ changes }) => changes),
    ],
    refusals: [
      ...pairs.flatMap(({ each, there }) => (there === undefined ? [] : refuseAdmin(each, there))),
      ...users.flatMap(({ refusals }) => refusals),
    ],
    notices: users.flatMap(({ notices }) => notices),
  };
}

/** What a domain is to be made with. */
export function planNewDomain(
  { domain, profiles, addresses = [], aliases = [], admin }: DeclaredDomain,
  defaults: HostPlanSetting['defaults'],
): NewDomain {
  return {
    domain,
    profiles: profiles ?? [defaults.profile],
    addresses,
    aliases,
    admin: admin ?? defaults.admin,
  };
}

/** What a record says of a list, and for aliases what the links say: one without the other is to be mended. */
export function presentList({ record, links }: PresentDomain, name: ListName): readonly string[] {
  if (name !== 'aliases') return record[name];
  const linked = new Set(links);
  const recorded = new Set(record.aliases);
  return [
    ...record.aliases.filter((alias) => linked.has(alias)),
    ...links.filter((link) => !recorded.has(link)),
  ];
}

function planCreation(declared: DeclaredDomain, defaults: HostPlanSetting['defaults']): HostChange {
  return { type: 'create domain', domain: declared.domain, make: planNewDomain(declared, defaults) };
}

function planRecord(declared: DeclaredDomain, there: PresentDomain): HostChange[] {
  const { domain } = declared;
  const lists = (['profiles', 'addresses', 'aliases'] as const).flatMap((name): ListChange[] => {
    const to: readonly string[] | undefined = declared[name];
    const from = presentList(there, name);
    const isAsRecorded = to === undefined || isSameList(name, there.record[name], to);
    return to === undefined || (isAsRecorded && isSameList(name, from, to)) ? [] : [{ name, from, to }];
  });
  if (lists.length > 0) return [{ type: 'change domain', domain, lists }];
  return there.isBehind ? [{ type: 'refresh domain', domain }] : [];
}

function planServices({ domain, services }: DeclaredDomain, there: PresentDomain | undefined): HostChange[] {
  if (services === undefined) return [];
  const had = there?.services ?? [];
  const added = services.filter((each) => !had.includes(each));
  const removed = had.filter((each) => !services.includes(each));
  return added.length + removed.length === 0 ? [] : [{ type: 'change services', domain, added, removed }];
}

/** The order of profiles counts: what a later one says of a folder wins. */
function isSameList(name: ListName, from: readonly string[], to: readonly string[]): boolean {
  if (name === 'profiles') return from.join('\n') === to.join('\n');
  const had = new Set(from);
  return had.size === new Set(to).size && to.every((each) => had.has(each));
}

function refuseAdmin({ domain, admin }: DeclaredDomain, { record }: PresentDomain): string[] {
  if (admin === undefined || admin === record.admin) return [];
  return [`${domain} has the administrator ${record.admin}, and that is not changed afterwards`];
}

function refuseAccounts(there: PresentDomain | undefined): string[] {
  return there?.trouble === undefined ? [] : [there.trouble];
}
