import { closeSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { Cell } from '../engine/make-cell.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { makePipe } from '../linux/pipe.ts';
import type { TreePlace } from './address-table.ts';
import type { DeskContext } from './desk-context.ts';
import type { Policy, Service } from './service.ts';
import { ServiceStarter } from './service-starter.ts';

/** The starters of one service, one for each domain, made when they are first needed. */
export class StarterSet {
  readonly #context: DeskContext;
  #service: Service;
  /** Of one cell each: with another cell another starter is made. */
  readonly #starters = new Map<string, ServiceStarter>();
  readonly #errorFds = new Map<DomainName, number>();

  constructor(context: DeskContext, service: Service) {
    this.#context = context;
    this.#service = service;
  }

  /** What is kept of domains that are not among `domains` is given back. */
  change(service: Service, domains: ReadonlySet<string>): void {
    this.#service = service;
    this.#starters.clear();
    const { launcher } = this.#context;
    launcher.forget();
    for (const [domain, fd] of this.#errorFds) {
      if (domains.has(domain)) continue;
      this.#errorFds.delete(domain);
      launcher.whenUnused(() => closeSync(fd));
    }
  }

  /** A text where the system has no descriptors left for it. */
  of(
    { place, policy }: { readonly place: TreePlace; readonly policy: Policy },
    cell: Cell,
  ): ServiceStarter | string {
    const known = this.#starters.get(place.name);
    if (known?.parts.cell === cell) return known;
    const { start } = this.#context;
    const root = { path: place.root, fd: start.roots.get(place.root) ?? -1 };
    const errorFd = this.#errorFdOf(cell.domain);
    if (typeof errorFd === 'string') return errorFd;
    const starter = new ServiceStarter(start, { service: this.#service, policy, root, cell, errorFd });
    this.#starters.set(place.name, starter);
    return starter;
  }

  #errorFdOf(domain: DomainName): number | string {
    const known = this.#errorFds.get(domain);
    if (known !== undefined) return known;
    const made = tryMakePipe();
    if (typeof made === 'string') return made;
    const { readFd, writeFd } = made;
    this.#context.say({ type: 'errors', fd: readFd, service: this.#service.name, domain });
    this.#errorFds.set(domain, writeFd);
    return writeFd;
  }
}

function tryMakePipe(): ReturnType<typeof makePipe> | string {
  try {
    return makePipe();
  } catch (error) {
    if (isErrno(error, 'EMFILE') || isErrno(error, 'ENFILE')) return error.message;
    throw error;
  }
}
