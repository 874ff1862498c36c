import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';

/** The addresses that begin with the first `length` bits of `address`. Made by `parseNetwork`. */
export interface Network {
  readonly address: IpAddress;
  readonly length: number;
}

/** Where to listen: without an address, on all of them. */
export interface ListenAddress {
  readonly address: IpAddress | undefined;
  readonly port: number;
}

/** A limit of setrlimit(2): soft and hard. */
export interface ResourceLimit {
  /** RLIMIT_* of the kernel. */
  readonly resource: number;
  /** Bytes, seconds or a count, as the resource has it; undefined is without limit. */
  readonly value: number | undefined;
}

/** How a service is run in a tree, and for whom. */
export interface Policy {
  /** A name or number of the tree's own passwd; undefined is root of the tree. */
  readonly user: string | undefined;
  /** Most connections of one domain at once. */
  readonly max: number | undefined;
  /** Most connections of one client address (IPv6: of one /64) at once, over all domains of the service. */
  readonly maxPerSource: number | undefined;
  /** Most starts of one domain a minute; what is refused does not count. */
  readonly perMinute: number | undefined;
  /** How many connections of one domain may wait for `max` or `perMinute`; 0 refuses them instead. */
  readonly queue: number;
  /** How long one may wait. */
  readonly queueMs: number;
  /** After how long without a byte in either direction the service is ended. */
  readonly idleMs: number | undefined;
  /** How long a service may run at all. */
  readonly totalMs: number | undefined;
  /** -20 to 19; undefined leaves it. */
  readonly nice: number | undefined;
  readonly limits: readonly ResourceLimit[];
  readonly noNewPrivileges: boolean;
  /** Numbers of capabilities(7) it may have, within those a tree may have at all; undefined is all of these. */
  readonly capabilities: readonly number[] | undefined;
  /** Clients that may connect; undefined is all. */
  readonly allow: readonly Network[] | undefined;
  /** Clients that may not, whatever `allow` says. */
  readonly deny: readonly Network[];
  /** Sent to a client that is refused. */
  readonly refusal: Uint8Array;
  /** Three lines in the log for a connection, not only one at its end. */
  readonly verbose: boolean;
}

/** One network service, in all domains that have it. */
export interface Service {
  /** `ftp`: in the log, and the name of its handed-over sockets (LISTEN_FDNAMES). */
  readonly name: string;
  /** None where sockets are handed over. */
  readonly listen: readonly ListenAddress[];
  /** The file of addresses and trees, absolute. */
  readonly conf: string;
  /** A name, looked up on the PATH inside the tree, or a path; and arguments. */
  readonly program: readonly [name: string, ...args: string[]];
  /** Domains are told apart by the name in a TLS ClientHello. */
  readonly sni: boolean;
  /** Who sends a PROXY header in front of each connection. */
  readonly proxyFrom: readonly Network[];
  /** How long a client has for its ClientHello or PROXY header. */
  readonly helloMs: number;
  /** Most connections at once over all domains. */
  readonly maxTotal: number | undefined;
  readonly policy: Policy;
  /** Domains whose policy differs, each whole. */
  readonly domains: ReadonlyMap<DomainName, Policy>;
}
