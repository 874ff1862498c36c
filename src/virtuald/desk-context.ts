import type { AcceptorStart, FromAcceptor } from './acceptor-messages.ts';
import type { CellShelf } from './cell-shelf.ts';
import type { Launcher } from './launcher.ts';
import type { Reactor } from './reactor.ts';
import type { ServiceLog } from './service-log.ts';

/** What the desks of all services share. */
export interface DeskContext {
  readonly start: AcceptorStart;
  readonly reactor: Reactor;
  readonly shelf: CellShelf;
  readonly launcher: Launcher;
  readonly log: ServiceLog;
  readonly say: (message: FromAcceptor) => void;
}
