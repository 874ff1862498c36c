import type { Service } from './service.ts';

/** What a lasting virtuald is to do, as its command line and its configuration have it together. */
export interface ServeRequest {
  /** The root of trees, absolute. */
  readonly root: string;
  /** Every folder that holds trees CONF may name. */
  readonly roots: readonly string[];
  readonly served: Served;
  /** Reads the configuration again, upon HUP. Undefined where the command line alone says what is served. */
  readonly reread: (() => Promise<Served>) | undefined;
  /** Who made the listening sockets: systemd's LISTEN_FDS, or inetd's `wait`, as standard input. */
  readonly handedOver: 'systemd' | 'inetd' | undefined;
  /** Say on standard error what goes to the log too. */
  readonly verbose: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What can change while it runs. */
export interface Served {
  readonly services: readonly Service[];
  /** How long running services get after TERM. */
  readonly graceMs: number;
  /** The path of the status socket, absolute; undefined makes none. */
  readonly statusSocket: string | undefined;
}

/** Serves until TERM. Resolves to the exit status. */
export type Serve = (request: ServeRequest) => Promise<number>;
