import { closeSync, openSync, readSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { pollFor } from '../linux/epoll.ts';
import { type Accepted, acceptFrom } from '../linux/listening-socket.ts';
import { getSocketAddress } from '../linux/sockets.ts';
import { openSyslog } from '../linux/syslog.ts';
import type { AcceptorStart, FromAcceptor, ServedService, ToAcceptor } from './acceptor-messages.ts';
import { CellShelf } from './cell-shelf.ts';
import type { DeskContext } from './desk-context.ts';
import type { Launcher } from './launcher.ts';
import { Reactor } from './reactor.ts';
import { ServiceDesk } from './service-desk.ts';
import { ServiceLog } from './service-log.ts';

/** How the accepting thread is spoken with. */
export interface AcceptorPort {
  /** The next message that has come; undefined when there is none. */
  readonly receive: () => ToAcceptor | undefined;
  readonly say: (message: FromAcceptor) => void;
}

/** How many connections of one socket are taken before the others have their turn. */
const mostAtOnce = 64;

/** How long to wait where the system has no more descriptors. */
const restMs = 100;

/** All that the accepting thread does, from its beginning until it is told to stop and all services have ended. */
export class Acceptor {
  readonly #port: AcceptorPort;
  readonly #context: DeskContext;
  readonly #reactor = new Reactor();
  readonly #desks = new Map<string, ServiceDesk>();
  /** Those who are no more, until what they started has ended. */
  readonly #retired = new Set<ServiceDesk>();
  readonly #watched = new Map<number, ServiceDesk>();
  readonly #wakes = Buffer.alloc(4096);
  #cameTogether = false;
  #spare: number | undefined;
  #isStopping = false;

  constructor(start: AcceptorStart, port: AcceptorPort, launcher: Launcher) {
    this.#port = port;
    const say = port.say;
    const log = new ServiceLog(openSyslog({ ident: start.ident }));
    const shelf = new CellShelf(start.roots, launcher, say);
    this.#context = { start, reactor: this.#reactor, shelf, launcher, log, say };
    this.#spare = openSync('/dev/null', 'r');
    this.#reactor.watch(start.wakeFd, pollFor.readable, () => this.#wake(start.wakeFd));
  }

  /** Returns when it was told to stop and nothing runs any more. */
  run(): void {
    this.#reactor.run(() => this.#afterEach());
    this.#port.say({ type: 'stopped' });
  }

  #afterEach(): number | undefined {
    let wakeAt: number | undefined;
    for (const desk of this.#desks.values()) {
      const due = desk.wakeMs;
      if (due === undefined) continue;
      if (due <= this.#reactor.now) desk.serveWaiting();
      const next = desk.wakeMs;
      if (next !== undefined) wakeAt = Math.min(wakeAt ?? next, next);
    }
    for (const desk of this.#retired) {
      if (!desk.isIdle) continue;
      desk.release();
      this.#retired.delete(desk);
    }
    if (this.#isStopping && this.#retired.size === 0) this.#reactor.end();
    return wakeAt;
  }

  #wake(fd: number): void {
    readSync(fd, this.#wakes);
    this.#context.launcher.hear();
    for (;;) {
      const message = this.#port.receive();
      if (message === undefined) return;
      this.#hear(message);
    }
  }

  #hear(message: ToAcceptor): void {
    switch (message.type) {
      case 'serve':
        return this.#serve(message.services);
      case 'cell':
        return this.#context.shelf.put(message.place, message.cell);
      case 'no-cell':
        return this.#context.shelf.miss(message.place, message.why);
      case 'count': {
        const services = [...this.#desks.values()].map(({ name, counts }) => ({ name, domains: counts }));
        return this.#port.say({ type: 'counts', services });
      }
      case 'stop':
        return this.#stop(message.graceMs);
    }
  }

  #serve(services: readonly ServedService[]): void {
    // Said before it was heard that all is to end.
    if (this.#isStopping) return;
    const kept = new Set(services.flatMap(({ sockets }) => sockets));
    for (const fd of this.#watched.keys()) if (!kept.has(fd)) this.#unlisten(fd);
    const names = new Set(services.map(({ service }) => service.name));
    for (const [name, desk] of this.#desks) if (!names.has(name)) this.#retire(name, desk);
    for (const served of services) {
      const desk = this.#desks.get(served.service.name);
      if (desk) desk.change(served);
      else this.#desks.set(served.service.name, new ServiceDesk(this.#context, served));
      for (const fd of served.sockets) this.#listen(fd, served.service.name);
    }
    this.#context.shelf.keep(services.flatMap(({ table }) => [...table.byName.values()]));
  }

  #listen(fd: number, name: string): void {
    const desk = this.#desks.get(name);
    if (desk === undefined) return;
    const isWatched = this.#watched.has(fd);
    this.#watched.set(fd, desk);
    if (!isWatched) this.#reactor.watch(fd, pollFor.readable, () => this.#accept(fd));
  }

  #unlisten(fd: number): void {
    this.#watched.delete(fd);
    this.#reactor.unwatch(fd);
    closeSync(fd);
  }

  #retire(name: string, desk: ServiceDesk): void {
    desk.close();
    this.#desks.delete(name);
    this.#retired.add(desk);
  }

  #stop(graceMs: number): void {
    this.#isStopping = true;
    for (const fd of [...this.#watched.keys()]) this.#unlisten(fd);
    for (const [name, desk] of [...this.#desks]) this.#retire(name, desk);
    this.#reactor.after(graceMs, () => {
      for (const desk of this.#retired) desk.endAll('virtuald was told to end');
    });
  }

  #accept(fd: number): void {
    const desk = this.#watched.get(fd);
    if (desk === undefined) return;
    const { launcher } = this.#context;
    // Where one came alone the last time, it is served before it is known whether there are more.
    for (let most = this.#cameTogether ? mostAtOnce : 1; ; most = mostAtOnce) {
      const arrived = this.#takeArrived(fd, desk, most);
      this.#cameTogether = arrived.length > 1;
      launcher.backlog = arrived.length;
      for (const { fd: connection, peer } of arrived) {
        launcher.backlog -= 1;
        launcher.hear();
        const local = getSocketAddress(connection);
        if (local.type !== 'ip' || peer.type !== 'ip') closeSync(connection);
        else desk.arrive(connection, { local, peer });
      }
      if (most > 1 || arrived.length === 0) break;
    }
    // The new ones are busy with themselves: now nobody waits.
    this.#reactor.settle();
  }

  #takeArrived(fd: number, desk: ServiceDesk, most: number): readonly Accepted[] {
    const arrived: Accepted[] = [];
    try {
      while (arrived.length < most) {
        const accepted = acceptFrom(fd);
        if (accepted === undefined) break;
        arrived.push(accepted);
      }
    } catch (error) {
      this.#acceptFailed(fd, desk, error);
    }
    return arrived;
  }

  /** Left in the queue, a connection would wake us for ever: it is taken with the descriptor kept for that, and closed. */
  #acceptFailed(fd: number, desk: ServiceDesk, error: unknown): void {
    const codes = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];
    if (!codes.some((code) => isErrno(error, code))) throw error;
    const { log } = this.#context;
    const { message } = error as Error;
    log.sayOften(
      `${desk.name} accept`,
      'err',
      `${desk.name}: cannot take a connection: ${message}`,
      this.#reactor.now,
    );
    if (this.#spare !== undefined) closeSync(this.#spare);
    this.#spare = undefined;
    try {
      const accepted = acceptFrom(fd);
      if (accepted) desk.turnAway(accepted.fd);
      this.#spare = openSync('/dev/null', 'r');
    } catch {
      // Not even that: the socket rests until others have given something back.
      this.#rest(fd);
    }
  }

  #rest(fd: number): void {
    this.#reactor.unwatch(fd);
    this.#reactor.after(restMs, () => {
      this.#spare ??= openIfPossible();
      if (this.#watched.has(fd)) this.#reactor.watch(fd, pollFor.readable, () => this.#accept(fd));
    });
  }
}

function openIfPossible(): number | undefined {
  try {
    return openSync('/dev/null', 'r');
  } catch {
    // Still no descriptor left: it is tried again.
    return undefined;
  }
}
