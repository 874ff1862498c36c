import type { ConfKey } from './conf-lines.ts';
import type { DomainName } from './domain-name.ts';

/** A line of a file `conf.SERVICE` that went with a domain. */
export interface RemovedConfLine {
  readonly file: string;
  readonly address: ConfKey;
  readonly directory: string;
}

/**
 * What the trash says of a removed tree: `.virtfs/trash/<domain>.<time>/removed.json`. Beside it are `tree`, and the
 * `record.json`, `manifest.json` and `previous.json` it had. Version 1.
 */
export interface RemovedDomain {
  readonly version: 1;
  readonly domain: DomainName;
  /** ISO 8601, UTC. */
  readonly removed: string;
  /** The links that led to it. */
  readonly aliases: readonly DomainName[];
  /** The lines of conf files by which connections came to it. */
  readonly conf: readonly RemovedConfLine[];
  /** Every path by which a line of a conf file may name its tree: none of them leads anywhere now. */
  readonly directories: readonly string[];
  /** It is being deleted for good. */
  readonly purging?: true;
}
