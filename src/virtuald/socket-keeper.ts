import { closeSync } from 'node:fs';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { adoptListening, listenOn } from '../linux/listening-socket.ts';
import { duplicateDescriptor } from '../linux/replace-descriptor.ts';
import { getSocketAddress } from '../linux/sockets.ts';
import { describeListenAddress } from './parse-listen-address.ts';
import type { ListenAddress, Service } from './service.ts';

/** Sockets that somebody else made for us. */
export interface HandedOver {
  /** The service they are for; where there is only one, they are for that. */
  readonly name: string | undefined;
  readonly fd: number;
}

/** The listening sockets of all services. Those that stay stay open while the configuration changes. */
export class SocketKeeper {
  readonly #handedOver: readonly HandedOver[];
  #open = new Map<string, number>();

  /** Throws what the system says of a socket that cannot be used. */
  constructor(handedOver: readonly HandedOver[]) {
    for (const { fd } of handedOver) adoptListening(fd);
    this.#handedOver = handedOver;
  }

  /**
   * The sockets of each service. What is not asked for any more is the caller's to close: nobody closes what another thread
   * still accepts from. Throws CANNOT_LISTEN, with those that were open before as they were.
   */
  open(services: readonly Service[]): ReadonlyMap<Service, readonly number[]> {
    const next = new Map<string, number>();
    try {
      const sockets = new Map(services.map((service) => [service, this.#openOf(service, services, next)]));
      this.#open = next;
      return sockets;
    } catch (error) {
      // Else it would go on to take connections that nobody accepts.
      for (const [key, fd] of next) if (!this.#open.has(key)) closeSync(fd);
      throw error;
    }
  }

  /** Names of sockets handed over for which there is no service. */
  namesWithout(services: readonly Service[]): readonly string[] {
    if (services.length === 1) return [];
    const names = new Set(services.map(({ name }) => name));
    return this.#handedOver.flatMap(({ name = 'unnamed' }) => (names.has(name) ? [] : [name]));
  }

  #openOf(service: Service, services: readonly Service[], next: Map<string, number>): readonly number[] {
    const own = service.listen.map((address) => {
      const key = describeListenAddress(address);
      if (next.has(key)) throw cannotListen(service, key, 'another service, or the same, listens there');
      const fd = this.#open.get(key) ?? openSocket(service, address);
      next.set(key, fd);
      return fd;
    });
    return [...own, ...this.#handedTo(service, services, next)];
  }

  /** Who is alone gets all, for systemd names each socket, after its unit where nothing else was said. */
  #handedTo({ name }: Service, { length }: readonly Service[], next: Map<string, number>): readonly number[] {
    return this.#handedOver.flatMap((each) => {
      if (length > 1 && each.name !== name) return [];
      // A copy, for it is closed when the service is gone, and may be asked for again.
      const key = `handed over ${each.fd}`;
      const fd = this.#open.get(key) ?? duplicateDescriptor(each.fd);
      next.set(key, fd);
      return [fd];
    });
  }
}

/** Where a socket listens, as people write it. */
export function describeSocket(fd: number): string {
  const found = getSocketAddress(fd);
  if (found.type !== 'ip') return 'a UNIX socket';
  return describeListenAddress({ address: found.address, port: found.port });
}

function openSocket(service: Service, { address, port }: ListenAddress): number {
  try {
    return listenOn(address, port);
  } catch (error) {
    const explained = explainErrno(error, 'listen');
    throw cannotListen(service, describeListenAddress({ address, port }), whyOf(error), explained);
  }
}

// biome-ignore format: a table
const whys: Readonly<Record<string, string>> = {
  EADDRINUSE:    'another program listens there',
  EADDRNOTAVAIL: 'no interface of this machine has that address',
  EACCES:        'only root may listen on ports below 1024',
};

function whyOf(error: unknown): string {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : '';
  return whys[code] ?? (Error.isError(error) ? error.message : String(error));
}

function cannotListen({ name }: Service, where: string, why: string, cause?: unknown): VirtfsError {
  return new VirtfsError('CANNOT_LISTEN', {
    what: `cannot listen on ${where} for ${name}`,
    why,
    mend: 'see who has it: ss -ltnp - or add the address: virtfs address add DOMAIN ADDRESS --interface NAME',
    cause,
  });
}
