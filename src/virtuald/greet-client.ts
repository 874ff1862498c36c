import type { DomainName } from '../domain/domain-name.ts';
import { peekConnection, takeFromConnection } from '../linux/connection-socket.ts';
import { pollFor } from '../linux/epoll.ts';
import type { Connection } from './connection.ts';
import { gatherNetworks, isInNetworks, type NetworkSet } from './network.ts';
import { longestClientHello, parseClientHello } from './parse-client-hello.ts';
import { longestProxyHeader, parseProxyHeader } from './parse-proxy-header.ts';
import type { Reactor } from './reactor.ts';
import type { Service } from './service.ts';

/** A client, as far as it is known. */
export interface Greeted {
  readonly connection: Connection;
  /** The name its TLS client asks for. */
  readonly serverName: DomainName | undefined;
}

/** What a service wants to know before it can say which domain a connection is for. */
export interface Greeting {
  readonly sni: boolean;
  readonly helloMs: number;
  readonly proxies: NetworkSet;
}

export function prepareGreeting({ sni, helloMs, proxyFrom }: Service): Greeting {
  return { sni, helloMs, proxies: gatherNetworks(proxyFrom) };
}

/**
 * Learns of an accepted connection what comes before the service's own words: a PROXY header, which is taken off, and a
 * TLS ClientHello, which is not. Calls `done` once, at once where there is nothing to wait for; a text says why it is to be
 * closed: garbage, nothing, or not enough in time. What it returns breaks it off, with such a text; undefined where all is
 * known already.
 */
export function greetClient(
  reactor: Reactor,
  fd: number,
  client: { readonly greeting: Greeting; readonly connection: Connection },
  done: (result: Greeted | string) => void,
): ((why: string) => void) | undefined {
  const { greeting, connection } = client;
  if (!greeting.sni && !isInNetworks(greeting.proxies, connection.peer.address)) {
    done({ connection, serverName: undefined });
    return undefined;
  }
  const wait = new HelloWait(client);
  const first = wait.look(fd);
  if (first !== undefined) {
    done(first);
    return undefined;
  }
  const late = reactor.after(greeting.helloMs, () => finish(wait.whyLate));
  const finish = (result: Greeted | string): void => {
    late.act = undefined;
    reactor.unwatch(fd);
    done(result);
  };
  // Once for each time something comes: what is looked at and left would be ready again at once.
  reactor.watch(fd, pollFor.readable | pollFor.hangUp | pollFor.edge, () => {
    const result = wait.look(fd);
    if (result !== undefined) finish(result);
  });
  return finish;
}

const bytes = new Uint8Array(new ArrayBuffer(Math.max(longestClientHello, longestProxyHeader)));

/** One client on its way through what it must say first. */
class HelloWait {
  #stage: 'proxy' | 'hello' | 'known';
  readonly #sni: boolean;
  #connection: Connection;

  constructor({ greeting, connection }: { readonly greeting: Greeting; readonly connection: Connection }) {
    this.#sni = greeting.sni;
    this.#connection = connection;
    this.#stage = isInNetworks(greeting.proxies, connection.peer.address) ? 'proxy' : this.#afterProxy();
  }

  get whyLate(): string {
    return this.#stage === 'proxy'
      ? 'its PROXY header did not come in time'
      : 'its ClientHello did not come in time';
  }

  /** Undefined as long as more has to come. */
  look(fd: number): Greeted | string | undefined {
    if (this.#stage === 'known') return { connection: this.#connection, serverName: undefined };
    const count = peekConnection(fd, bytes);
    if (count === 'none') return undefined;
    if (count === 'over') return 'it went away before it had said where to';
    const seen = bytes.subarray(0, count);
    return this.#stage === 'proxy' ? this.#lookForProxy(fd, seen) : this.#lookForHello(seen);
  }

  #afterProxy(): 'hello' | 'known' {
    return this.#sni ? 'hello' : 'known';
  }

  #lookForProxy(fd: number, seen: Uint8Array): Greeted | string | undefined {
    const header = parseProxyHeader(seen);
    if (header.type === 'more') return undefined;
    if (header.type === 'bad') return header.why;
    if (!takeFromConnection(fd, header.length)) return 'its PROXY header could not be taken off';
    const { source, destination } = header;
    if (source && destination) this.#connection = { local: destination, peer: source };
    this.#stage = this.#afterProxy();
    return this.look(fd);
  }

  #lookForHello(seen: Uint8Array): Greeted | string | undefined {
    const hello = parseClientHello(seen);
    if (hello.type === 'more') return undefined;
    if (hello.type === 'bad') return hello.why;
    return { connection: this.#connection, serverName: hello.type === 'name' ? hello.name : undefined };
  }
}
