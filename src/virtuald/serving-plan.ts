import type { CellPlace, CountedService, ServedService } from './acceptor-messages.ts';
import type { Service } from './service.ts';
import type { ServiceSnapshot } from './snapshot.ts';
import { describeSocket, type SocketKeeper } from './socket-keeper.ts';
import { type OpenRoot, TableKeeper } from './table-keeper.ts';

/** What is served, put together from the services, their sockets and their files of addresses. */
export class ServingPlan {
  readonly #roots: readonly OpenRoot[];
  readonly #sockets: SocketKeeper;
  #tables = new Map<string, TableKeeper>();
  #services: readonly ServedService[] = [];
  /** Where each listens. A socket may be closed by the time somebody asks. */
  #places = new Map<Service, readonly string[]>();
  #told = new Set<string>();

  constructor(roots: ReadonlyMap<string, number>, sockets: SocketKeeper) {
    this.#roots = [...roots].map(([path, fd]) => ({ path, fd }));
    this.#sockets = sockets;
  }

  /** Opens sockets and reads files as they are now. Throws CANNOT_LISTEN, and then all is as it was. */
  make(services: readonly Service[]): {
    readonly services: readonly ServedService[];
    readonly places: readonly CellPlace[];
  } {
    const sockets = this.#sockets.open(services);
    const files = new Set(services.map(({ conf }) => conf));
    this.#tables = new Map(
      [...files].map((file) => [file, this.#tables.get(file) ?? new TableKeeper(file, this.#roots)]),
    );
    for (const table of this.#tables.values()) if (table.hasChanged()) table.read();
    this.#services = services.map((service) => ({
      service,
      table: this.#tableOf(service).table,
      sockets: sockets.get(service) ?? [],
    }));
    this.#places = new Map([...sockets].map(([service, fds]) => [service, fds.map(describeSocket)]));
    const places = this.#services.flatMap(({ table }) => [...table.byName.values()]);
    return { services: this.#services, places };
  }

  hasChangedTables(): boolean {
    return [...this.#tables.values()].some((table) => table.hasChanged());
  }

  /** Reads them all again, changed or not: aliases may have changed. */
  forgetTables(): void {
    for (const table of this.#tables.values()) table.read();
  }

  /** What is wrong with files of addresses, or sockets, and was not told before. */
  newComplaints(): readonly string[] {
    const unused = this.#sockets.namesWithout(this.#services.map(({ service }) => service));
    const all = [
      ...unused.map((name) => `a socket was handed over for ${name}, and there is no such service`),
      ...[...this.#tables.values()].flatMap(({ complaints }) => complaints),
    ];
    const fresh = all.filter((each) => !this.#told.has(each));
    this.#told = new Set(all);
    return fresh;
  }

  /** `ftp on *:21, pop on *:110` */
  describe(): string {
    const parts = this.#services.map(({ service }) => {
      const where = this.#places.get(service)?.join(' ') || 'no socket';
      return `${service.name} on ${where}`;
    });
    return parts.join(', ') || 'nothing';
  }

  describeServices(counted: readonly CountedService[]): readonly ServiceSnapshot[] {
    return this.#services.map(({ service }) => ({
      name: service.name,
      listen: this.#places.get(service) ?? [],
      complaints: this.#tableOf(service).complaints,
      domains: counted.find(({ name }) => name === service.name)?.domains ?? [],
    }));
  }

  #tableOf({ conf }: Service): TableKeeper {
    const table = this.#tables.get(conf);
    if (table === undefined) throw new Error(`no table of ${conf}`);
    return table;
  }
}
