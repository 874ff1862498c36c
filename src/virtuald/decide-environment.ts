import { isIP } from 'node:net';
import type { Account } from '../domain/account.ts';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Connection, Endpoint } from './connection.ts';

export interface EnvironmentQuestion {
  readonly connection: Connection;
  readonly domain: string;
  readonly account: Pick<Account, 'name' | 'home'>;
  /** What virtuald was called with for this connection; in the lasting form `keepForServices` of its own. */
  readonly caller: Readonly<Record<string, string | undefined>>;
}

export interface ServiceEnvironment {
  /** Where its program is looked up: folders of the tree, colon between them. */
  readonly path: string;
  /** The whole environment: `NAME=value`. */
  readonly env: readonly string[];
}

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a service: where it is found, who it runs as, its domain, both ends of the connection as
 * tcpserver(1) and xinetd(8) name them, and of the caller's its PATH, language, time zone and what it says about this
 * very connection. Throws BAD_USER_FIELD for a NUL, which would cut a value short.
 */
export function decideEnvironment({
  connection,
  domain,
  account,
  caller,
}: EnvironmentQuestion): ServiceEnvironment {
  const { PATH } = caller;
  const path = decidePath(PATH);
  const { local, peer } = connection;
  const values: Readonly<Record<string, string>> = {
    PATH: path,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    VIRTFS_DOMAIN: domain,
    ...takeLocale(caller),
    ...takeFindings(caller, peer),
    PROTO: 'TCP',
    TCPLOCALIP: local.address,
    TCPLOCALPORT: String(local.port),
    TCPREMOTEIP: peer.address,
    TCPREMOTEPORT: String(peer.port),
    REMOTE_HOST: peer.address,
  };
  const env = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  if (env.some((each) => each.includes('\0'))) throw holdsNul(domain);
  return { path, env };
}

/** What a server that lasts hands on of its own environment: the rest is about whoever started it. */
export function keepForServices(
  own: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return takeLocale(own);
}

/** Folders without a slash in front would be others after the program changes its directory. */
function decidePath(given = ''): string {
  return (
    given
      .split(':')
      .filter((folder) => folder.startsWith('/'))
      .join(':') || standardPath
  );
}

/** A slash at the beginning would make a library read a file. */
function takeLocale(from: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const { LANG = '', TZ = '' } = from;
  return {
    ...(/^[A-Za-z0-9._@+-]{1,64}$/u.test(LANG) && { LANG }),
    ...(/^(?!.*\.\.)[A-Za-z0-9<][A-Za-z0-9_+,./:<>-]{0,63}$/u.test(TZ) && { TZ }),
  };
}

/**
 * What the caller found out beyond the addresses, such as TCPREMOTEHOST, if it is about this client: inetd(8) hands on
 * the environment it was started with, which may be that of another connection.
 */
function takeFindings(
  caller: Readonly<Record<string, string | undefined>>,
  peer: Endpoint,
): Readonly<Record<string, string>> {
  const { TCPREMOTEIP = '', TCPREMOTEPORT } = caller;
  const isThisClient = isAddress(TCPREMOTEIP, peer.address) && TCPREMOTEPORT === String(peer.port);
  if (!isThisClient) return {};
  const found: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(caller)) {
    // Names and ident answers come from the client's side.
    if (/^TCP[A-Z]{1,32}$/u.test(name) && /^[\x20-\x7e]{1,255}$/u.test(value)) found[name] = value;
  }
  return found;
}

function isAddress(text: string, address: IpAddress): boolean {
  return isIP(text) !== 0 && !text.includes('%') && parseIpAddress(text) === address;
}

function holdsNul(domain: string): VirtfsError {
  return new VirtfsError('BAD_USER_FIELD', {
    what: `cannot make the environment of a service for ${domain}`,
    why: 'a value holds a NUL',
    mend: `look at the users of the domain: virtfs user list ${domain}`,
  });
}
