import type { DomainName } from '../domain/domain-name.ts';
import type { HandOver } from '../engine/list-service-calls.ts';
import type { Cell } from '../engine/make-cell.ts';
import type { AddressTable, TreePlace } from './address-table.ts';
import type { Service } from './service.ts';
import type { ServiceSnapshot } from './snapshot.ts';

/** A service as the accepting thread serves it. */
export interface ServedService {
  readonly service: Service;
  readonly table: AddressTable;
  /** Its listening sockets, which are the accepting thread's from here on. */
  readonly sockets: readonly number[];
}

/** A tree by its own name, never that of an alias. */
export type CellPlace = TreePlace;

/** What the accepting thread is told. */
export type ToAcceptor =
  /** All services there are from now on. Sockets that are not in there any more are closed. */
  | { readonly type: 'serve'; readonly services: readonly ServedService[] }
  | { readonly type: 'cell'; readonly place: CellPlace; readonly cell: Cell }
  /** There is no cell to be had, for this reason. */
  | { readonly type: 'no-cell'; readonly place: CellPlace; readonly why: string }
  | { readonly type: 'count' }
  /** Accept nothing more; end what still runs after that time. */
  | { readonly type: 'stop'; readonly graceMs: number };

/** What it says. */
export type FromAcceptor =
  /** It has loaded all it needs. */
  | { readonly type: 'ready' }
  | { readonly type: 'want-cell'; readonly place: CellPlace }
  /** The end of a pipe where the services of a domain write their errors; the reader's to close. */
  | { readonly type: 'errors'; readonly fd: number; readonly service: string; readonly domain: DomainName }
  | { readonly type: 'counts'; readonly services: readonly CountedService[] }
  | { readonly type: 'stopped' };

export type CountedService = Pick<ServiceSnapshot, 'name' | 'domains'>;

/** How the thread begins. */
export interface AcceptorStart {
  /** The roots of trees, open, by their paths. */
  readonly roots: ReadonlyMap<string, number>;
  /** `virtuald[4711]` */
  readonly ident: string;
  /** Becomes readable when there is a message. */
  readonly wakeFd: number;
  /** Those that are not what programs expect: we ignore or catch them. */
  readonly ownSignals: readonly number[];
  /** The limits of open files as they were before they were raised: what services get. */
  readonly openFiles: { readonly soft: bigint; readonly hard: bigint };
  readonly handOver: HandOver;
  /** Those of the thread that starts services too. */
  readonly secondHandOver: HandOver;
  /** Open on /dev/null. */
  readonly nullFd: number;
  /** What of our environment services see: `LANG`, `TZ`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
