import { type DomainName, parseDomainName } from '../domain/domain-name.ts';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { parseAdminName } from '../domain/parse-admin-name.ts';
import type { LinkMethod } from '../domain/record.ts';
import { parseServiceName } from '../domain/service-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** What the words of `virtfs create` ask for; what they leave open is undefined. */
export interface CreateWords {
  readonly domains: readonly DomainName[];
  readonly profiles: readonly string[] | undefined;
  readonly addresses: readonly IpAddress[] | undefined;
  readonly aliases: readonly DomainName[];
  readonly admin: string | undefined;
  readonly services: readonly string[] | undefined;
  readonly link: 'auto' | LinkMethod | undefined;
}

interface Values {
  readonly profile?: readonly string[];
  readonly address?: readonly string[];
  readonly alias?: readonly string[];
  readonly admin?: string;
  readonly service?: readonly string[];
  readonly link?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const linkMethods = ['auto', 'reflink', 'hardlink', 'copy'] as const;

/** Throws BAD_DOMAIN_NAME, BAD_ADDRESS, BAD_USER_NAME, and BAD_USAGE for words that contradict each other. */
export function parseCreateWords(operands: readonly string[], values: Values): CreateWords {
  const { profile, address, alias = [], admin, service, link, quiet, verbose } = values;
  const domains = unique(operands.map(parseDomainName));
  const aliases = unique(alias.map(parseDomainName));
  const both = aliases.find((name) => domains.includes(name));
  if (both !== undefined) throw badWords(`${both} cannot be an alias of itself`);
  if (domains.length > 1 && (address !== undefined || aliases.length > 0)) {
    throw badWords(
      'an address or alias belongs to one domain, and several are named: make that one by itself',
    );
  }
  if (quiet && verbose) throw badWords('--quiet and --verbose contradict each other');
  return {
    domains,
    profiles: profile && parseProfileNames(profile),
    addresses: address && unique(address.map(parseIpAddress)),
    aliases,
    admin: admin === undefined ? undefined : parseAdminName(admin),
    services: service && unique(service.flatMap((word) => word.split(',')).map(parseServiceName)),
    link: link === undefined ? undefined : parseLink(link),
  };
}

/** The names in `P[,P…]`, as often as the option is given, each once. */
export function parseProfileNames(words: readonly string[]): readonly string[] {
  const names = words.flatMap((word) => word.split(','));
  if (names.includes('')) throw badWords('a name of a profile is empty');
  return unique(names);
}

function parseLink(text: string): 'auto' | LinkMethod {
  const method = linkMethods.find((each) => each === text);
  if (method !== undefined) return method;
  throw badWords(`--link is one of ${linkMethods.join(', ')}, not '${escapeLines(text).slice(0, 80)}'`);
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}

function badWords(why: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: 'cannot read the command line of virtfs create',
    why,
    mend: 'see what it takes: virtfs create --help',
  });
}
