import { closeSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { Cell } from '../engine/make-cell.ts';
import type { FailedChild, StartedChild } from '../linux/call-list.ts';
import { closeConnection, sayLast } from '../linux/connection-socket.ts';
import type { ServedService } from './acceptor-messages.ts';
import { AccessBook } from './access-book.ts';
import { findByAddress, findByServerName, type TreePlace } from './address-table.ts';
import { Admission, type Turn } from './admission.ts';
import { type Connection, describeConnection } from './connection.ts';
import { describeEnd } from './describe-end.ts';
import { describeStartFailure } from './describe-start-failure.ts';
import type { DeskContext } from './desk-context.ts';
import { DeskLog } from './desk-log.ts';
import type { Greeted } from './greet-client.ts';
import { Greeter } from './greeter.ts';
import type { Policy, Service } from './service.ts';
import { ServiceRun } from './service-run.ts';
import type { DomainSnapshot, RefusalRule } from './snapshot.ts';
import { StarterSet } from './starter-set.ts';

/** A client whose domain is known. */
interface Client {
  readonly fd: number;
  readonly connection: Connection;
  readonly place: TreePlace;
  readonly policy: Policy;
}

/** One service: takes its connections from the moment they are accepted to the end of what was started for them. */
export class ServiceDesk {
  readonly #context: DeskContext;
  readonly #admission: Admission;
  readonly #waiting = new Map<Turn, Client>();
  readonly #runs = new Set<ServiceRun>();
  readonly #access = new AccessBook();
  readonly #log: DeskLog;
  readonly #greeter: Greeter;
  readonly #starters: StarterSet;
  #served: ServedService;
  /** How many wait for a cell. */
  #forCell = 0;
  #isClosed = false;
  /** Why, once all are to end. */
  #isEnding: string | undefined;

  constructor(context: DeskContext, served: ServedService) {
    this.#context = context;
    this.#served = served;
    this.#admission = new Admission(served.service.maxTotal);
    this.#log = new DeskLog(context, served.service.name);
    this.#greeter = new Greeter(context.reactor, served.service);
    this.#starters = new StarterSet(context, served.service);
  }

  get name(): string {
    return this.#service.name;
  }

  get sockets(): readonly number[] {
    return this.#served.sockets;
  }

  /** When `serveWaiting` has to be called at the latest. */
  get wakeMs(): number | undefined {
    return this.#admission.wakeMs;
  }

  get isIdle(): boolean {
    const isUndecided = !this.#greeter.isIdle || this.#forCell > 0;
    return this.#runs.size === 0 && !isUndecided && !this.#context.launcher.isBusy;
  }

  get counts(): readonly DomainSnapshot[] {
    return this.#admission.snapshot();
  }

  /** What runs goes on as it began. */
  change(served: ServedService): void {
    this.#served = served;
    this.#greeter.change(served.service);
    const names = new Set<string>([...served.table.byName.values()].map(({ name }) => name));
    this.#starters.change(served.service, names);
    const { maxTotal, policy, domains } = served.service;
    this.#admission.changePolicies({
      maxTotal,
      policyOf: (domain) => (names.has(domain) ? (domains.get(domain as DomainName) ?? policy) : undefined),
    });
  }

  /** Takes an accepted connection, which is the desk's to close from here on. */
  arrive(fd: number, connection: Connection): void {
    const greeted = (result: Greeted | string): void => {
      if (typeof result !== 'string') return this.#receive(fd, result);
      this.#log.refused('hello', `closed ${connection.peer.address}: ${result}`);
      this.#refuse(fd, undefined, 'hello', this.#service.policy);
    };
    this.#guard(fd, () => {
      this.#greeter.greet(fd, connection, (result) => this.#guard(fd, () => greeted(result)));
    });
  }

  /** Takes one that was accepted, and for which the system has nothing left. */
  turnAway(fd: number): void {
    this.#refuse(fd, undefined, 'failed', this.#service.policy);
  }

  /** Starts those whose turn has come, and sends those away who waited too long. */
  serveWaiting(): void {
    for (const outcome of this.#admission.next(this.#context.reactor.now)) {
      const client = this.#waiting.get(outcome.turn);
      if (client === undefined) continue;
      this.#waiting.delete(outcome.turn);
      this.#context.reactor.unwatch(client.fd);
      this.#guard(client.fd, () => {
        if (outcome.type === 'refuse') this.#sendAway(client, outcome.rule);
        else this.#takeCell(client, outcome.turn, (cell) => this.#start(client, outcome.turn, cell));
      });
    }
  }

  /** Nobody is let in any more; those who wait in the queue go. */
  close(): void {
    this.#isClosed = true;
    for (const [turn, { fd }] of this.#waiting) {
      this.#admission.left(turn);
      this.#context.reactor.unwatch(fd);
      closeSync(fd);
    }
    this.#waiting.clear();
  }

  endAll(why: string): void {
    this.#isEnding = why;
    for (const run of this.#runs) run.end(why);
    this.#greeter.breakOffAll(why);
  }

  /** Once it is idle, and for good: gives back what it holds. */
  release(): void {
    this.#starters.change(this.#service, new Set());
  }

  get #service(): Service {
    return this.#served.service;
  }

  #receive(fd: number, { connection, serverName }: Greeted): void {
    const { table } = this.#served;
    const place =
      (serverName && findByServerName(table, serverName)) ?? findByAddress(table, connection.local.address);
    if (place === undefined) {
      const why = `${connection.local.address} has no line in ${this.#service.conf}, and there is no default`;
      this.#log.refused('no-tree', why);
      this.#refuse(fd, undefined, 'no-tree', this.#service.policy);
      return;
    }
    const policy = this.#policyOf(place);
    const client: Client = { fd, connection, place, policy };
    if (policy.verbose) this.#context.log.say('info', describeConnection(this.name, connection, '').starting);
    if (!this.#access.allows(policy, connection.peer.address)) {
      this.#admission.refused(place.name, 'denied');
      this.#sendAway(client, 'denied');
      return;
    }
    this.#takeCell(client, undefined, (cell) => this.#admit(client, cell));
  }

  /** Without a tree to serve in, a connection that has no turn yet is refused; the service of one that has fails. */
  #takeCell(client: Client, turn: Turn | undefined, use: (cell: Cell) => void): void {
    this.#forCell += 1;
    this.#context.shelf.take(client.place, (cell) => {
      this.#forCell -= 1;
      this.#guard(client.fd, () => {
        if (typeof cell !== 'string') return use(cell);
        this.#log.refused('bad-tree', `no service for ${client.place.name}: ${cell}`);
        if (turn === undefined) this.#admission.refused(client.place.name, 'bad-tree');
        else this.#admission.failed(turn);
        this.#close(client.fd, client.policy);
      });
    });
  }

  #admit(client: Client, cell: Cell): void {
    const { reactor } = this.#context;
    const { policy, place, connection, fd } = client;
    // Who comes straight back must not find the place of what has just ended taken.
    if (this.#hasLimits(policy)) reactor.settle();
    const arrival = { domain: place.name, policy, client: connection.peer.address };
    const verdict = this.#admission.admit(arrival, reactor.now);
    switch (verdict.type) {
      case 'start':
        return this.#start(client, verdict.turn, cell);
      case 'refuse':
        return this.#sendAway(client, verdict.rule);
      case 'wait':
        if (this.#isClosed) {
          this.#admission.left(verdict.turn);
          closeSync(fd);
          return;
        }
        this.#waiting.set(verdict.turn, client);
        // Only a reset: who has said all may well wait for the answer.
        reactor.watch(fd, 0, () => {
          this.#waiting.delete(verdict.turn);
          this.#admission.left(verdict.turn);
          reactor.unwatch(fd);
          closeSync(fd);
        });
    }
  }

  #hasLimits({ max, maxPerSource }: Policy): boolean {
    return max !== undefined || maxPerSource !== undefined || this.#service.maxTotal !== undefined;
  }

  #start(waited: Client, turn: Turn, cell: Cell): void {
    // Of who waited, as it is now.
    const client = { ...waited, policy: this.#policyOf(waited.place) };
    const starter = this.#starters.of(client, cell);
    if (typeof starter === 'string') {
      this.#started(client, turn, starter);
      return;
    }
    this.#context.launcher.launch(starter, client.fd, client.connection, (result) => {
      this.#guard(client.fd, () => this.#started(client, turn, result));
    });
  }

  #policyOf({ name }: TreePlace): Policy {
    return this.#service.domains.get(name) ?? this.#service.policy;
  }

  /** `result` is a text where it could not even be tried. */
  #started(client: Client, turn: Turn, result: StartedChild | FailedChild | string): void {
    const { reactor, log } = this.#context;
    const { fd, connection, place, policy } = client;
    if (typeof result === 'string' || !('pid' in result)) {
      this.#admission.failed(turn);
      this.#log.failed(describeStartFailure(this.#service, place.name, result));
      this.#close(fd, policy);
      return;
    }
    const run = new ServiceRun(reactor, result, policy, (ended, end) => {
      this.#runs.delete(ended);
      this.#admission.ended(turn, ended.durationMs);
      log.sayIfHeard('info', () =>
        describeEnd({ service: this.name, domain: place.name, client: connection.peer.address }, ended, end),
      );
    });
    this.#runs.add(run);
    // What throws comes before: who guards this closes it too, and the number may be another's by then.
    closeConnection(fd);
    if (policy.verbose) {
      const lines = describeConnection(this.name, connection, `${place.root}/${place.name}`);
      log.say('info', lines.incoming);
      this.#log.tellInside(place, lines.inside);
    }
    if (this.#isEnding) run.end(this.#isEnding);
  }

  /** A client whose refusal is counted. */
  #sendAway({ fd, connection, place, policy }: Client, rule: RefusalRule): void {
    this.#log.refused(rule, `refused ${connection.peer.address} for ${place.name}`);
    this.#close(fd, policy);
  }

  #refuse(fd: number, domain: string | undefined, rule: RefusalRule, policy: Policy): void {
    this.#admission.refused(domain, rule);
    this.#close(fd, policy);
  }

  #close(fd: number, { refusal }: Policy): void {
    sayLast(fd, refusal);
    closeSync(fd);
  }

  /** Whatever goes wrong for one client goes wrong for that one alone. */
  #guard(fd: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#log.bug(error);
      closeQuietly(fd);
    }
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // What failed had closed it already.
  }
}
