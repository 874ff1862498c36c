/** Why a client was sent away. The names stand in the log, in the status and in the metrics. */
export const refusalRules = [
  /** Its address is in no line, and there is no `default`. */
  'no-tree',
  /** The tree is missing, or others than root may change it. */
  'bad-tree',
  'denied',
  'max',
  'max-total',
  'max-per-source',
  'per-minute',
  'queue-full',
  'queue-time',
  /** It sent garbage where a ClientHello or PROXY header was due, or nothing, or was too slow. */
  'hello',
  /** The service could not be started: no such program, no more processes, a step of the isolation failed. */
  'failed',
] as const;

export type RefusalRule = (typeof refusalRules)[number];

/**
 * What became of connections since the server began. Nothing is lost: every one that came is waiting, started, refused
 * or left, and every started one is running, ended or failed.
 */
export interface Counts {
  readonly running: number;
  readonly waiting: number;
  /** Those that got their turn, whatever became of them. */
  readonly started: number;
  /** Of the started ones, those whose service could not be started. */
  readonly failed: number;
  readonly ended: number;
  /** Clients that went away while they waited. */
  readonly left: number;
  /** A rule that refused nobody is not there. `failed` here is what failed before a connection had its turn. */
  readonly refused: Readonly<Partial<Record<RefusalRule, number>>>;
  /** How long the ended ones took, together. */
  readonly durationMs: number;
}

export interface DomainSnapshot extends Counts {
  /** undefined for connections that came to no domain. */
  readonly domain: string | undefined;
}

export interface ServiceSnapshot {
  readonly name: string;
  /** Addresses as people write them: `192.0.2.1:21`, `[::]:21`. */
  readonly listen: readonly string[];
  /** What is wrong with its file of addresses, whose last good version counts; none when all is well. */
  readonly complaints: readonly string[];
  /** Sorted by name, those of no domain last. */
  readonly domains: readonly DomainSnapshot[];
}

/** What `virtuald --status` shows: plain data, as it goes over the socket. */
export interface Snapshot {
  readonly pid: number;
  /** When the server began, in seconds since 1970. */
  readonly since: number;
  readonly services: readonly ServiceSnapshot[];
}
