import type { DeclaredDomain, PresentDomain } from '../domain/declared-host.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { TreeAccounts } from '../domain/tree-accounts.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { webmaster } from './choose-accounts.ts';
import { describeUserMistakes } from './describe-user-mistakes.ts';
import { presentList } from './plan-host-changes.ts';

export interface MistakeFacts {
  readonly present: readonly PresentDomain[];
  /** Remove what is not declared. */
  readonly prune: boolean;
  /** Who will be in the tree of each new domain. */
  readonly foreseen: ReadonlyMap<DomainName, TreeAccounts>;
  /** What stands in a root of trees and is neither a domain of virtfs nor a link to one, and what it is. */
  readonly strangers: ReadonlyMap<string, string>;
  /** Services that tell domains by the name a TLS client asks for. */
  readonly sniServices: ReadonlySet<string>;
}

/** A file name has at most 255 bytes, and the record of a domain is `<domain>.json`. */
const longest = 255 - '.json'.length;

/**
 * Sentences: what is declared and would fail, as far as that can be known beforehand. While there is one nothing is to
 * be changed, or half of the declaration would be brought about.
 */
export function describeDeclaredMistakes(
  declared: readonly DeclaredDomain[],
  facts: MistakeFacts,
): readonly string[] {
  const known = new Map(facts.present.map((each) => [each.record.domain, each]));
  return [
    ...describeShared(declared, facts),
    ...declared.flatMap((each) => describeNames(each, known.get(each.domain), facts.strangers)),
    ...declared.flatMap((each) => describeServices(each, known.get(each.domain), facts.sniServices)),
    ...declared.flatMap((each) => {
      const there = known.get(each.domain);
      const accounts = there === undefined ? facts.foreseen.get(each.domain) : there.accounts;
      if (accounts === undefined) return [];
      const names = new Set([...each.users.map(({ name }) => name), webmaster, there?.record.admin]);
      const isStaying = (user: string) => !facts.prune || there === undefined || names.has(user);
      return describeUserMistakes(each, accounts, isStaying);
    }),
  ];
}

/** Names and addresses that two domains would have once all is as declared. */
function describeShared(
  declared: readonly DeclaredDomain[],
  { present, prune }: MistakeFacts,
): readonly string[] {
  const wanted = new Map(declared.map((each) => [each.domain, each]));
  const kept = present.filter(({ record }) => !prune || wanted.has(record.domain));
  const claims = [
    ...declared.flatMap(claimsOf),
    ...kept.flatMap((each) => claimsLeft(each, wanted.get(each.record.domain))),
  ];
  const owners = Map.groupBy(claims, ({ what }) => what);
  return [...owners].flatMap(([what, all]) => {
    const domains = [...new Set(all.map(({ domain }) => domain))];
    // What nobody declared is no business of the declaration.
    const isOurs = domains.length > 1 && domains.some((domain) => wanted.has(domain));
    return isOurs ? [`${what} would belong to ${domains.join(' and to ')}`] : [];
  });
}

/** A name or an address, and who has it. */
interface Claim {
  readonly what: string;
  readonly domain: DomainName;
}

function claimsOf({ domain, aliases = [], addresses = [] }: DeclaredDomain): readonly Claim[] {
  return [domain, ...aliases, ...addresses].map((what) => ({ what, domain }));
}

/** What a domain has now and keeps, since nothing else is declared. */
function claimsLeft(there: PresentDomain, wanted: DeclaredDomain | undefined): readonly Claim[] {
  const { domain, aliases, addresses } = there.record;
  return [
    domain,
    ...(wanted?.aliases === undefined ? [...aliases, ...presentList(there, 'aliases')] : []),
    ...(wanted?.addresses === undefined ? addresses : []),
  ].map((what) => ({ what, domain }));
}

/** A line is for an address; one of a domain without any was written by hand, for what no other line is for. */
function describeServices(
  { domain, services = [], addresses }: DeclaredDomain,
  there: PresentDomain | undefined,
  sniServices: ReadonlySet<string>,
): readonly string[] {
  const had = there?.record.addresses ?? [];
  if ((addresses ?? had).length > 0) return [];
  const kept = had.length === 0 ? (there?.services ?? []) : [];
  return services
    .filter((service) => !sniServices.has(service) && !kept.includes(service))
    .map((service) => `${domain} would have no address by which the service ${service} could tell it`);
}

function describeNames(
  { domain, aliases = [] }: DeclaredDomain,
  there: PresentDomain | undefined,
  strangers: ReadonlyMap<string, string>,
): readonly string[] {
  const isLong = there === undefined && domain.length > longest;
  return [
    ...(isLong ? [`${domain} is ${domain.length} characters long, and ${longest} is the most`] : []),
    ...[domain, ...aliases].flatMap((name) => {
      const what = strangers.get(name);
      return what === undefined ? [] : [`${name} has its name taken by ${escapeLines(what)}`];
    }),
  ];
}
