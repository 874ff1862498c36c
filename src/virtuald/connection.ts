import type { IpAddress } from '../domain/ip-address.ts';

/** Both ends of a client's connection. */
export interface Connection {
  /** The address the client connected to, and by which its domain is found. */
  readonly local: Endpoint;
  /** The client. */
  readonly peer: Endpoint;
}

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** The lines that `verbose` adds to the log, in the order in which they are sent. */
export interface ConnectionLines {
  /** A connection came, and this service is for it. */
  readonly starting: string;
  readonly incoming: string;
  /** For the tree's own `dev/log`: only when that works does it appear. */
  readonly inside: string;
}

/** The three lines of a connection that goes to the tree in `directory`. */
export function describeConnection(
  service: string,
  { local, peer }: Connection,
  directory: string,
): ConnectionLines {
  return {
    starting: `starting ${service}`,
    incoming: `incoming ip ${local.address} port ${local.port}, client ${peer.address}`,
    inside: `chroot dir ${directory}`,
  };
}
