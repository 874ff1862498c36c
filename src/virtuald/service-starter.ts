import { closeSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import { findAccount, findRootAccount, type TreeAccount } from '../engine/find-account.ts';
import { listServiceCalls } from '../engine/list-service-calls.ts';
import type { Cell } from '../engine/make-cell.ts';
import { openTree } from '../engine/open-tree.ts';
import { CallList, type FailedChild, type StartedChild } from '../linux/call-list.ts';
import { openBeneath } from '../linux/files.ts';
import { replaceDescriptorOnExec } from '../linux/replace-descriptor.ts';
import { statAt } from '../linux/stat-at.ts';
import type { AcceptorStart } from './acceptor-messages.ts';
import type { Connection } from './connection.ts';
import { decideArguments } from './decide-arguments.ts';
import { decideCapabilities } from './decide-capabilities.ts';
import { decideEnvironment } from './decide-environment.ts';
import { EnvironmentBlock } from './environment-block.ts';
import type { Policy, Service } from './service.ts';

/** Where the program is looked up: of what the server was started with nothing is known to services. */
const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What is ready to be started again and again: one service in one cell. */
interface Prepared {
  readonly list: CallList;
  readonly environment: EnvironmentBlock;
  /** What passwd and group were when they were read. */
  readonly accounts: string;
}

/** A domain may make its accounts as large as it likes: where reading them took longer, it comes again after a rest only. */
const mostReadMs = 25;
const restFactor = 20;

/** What all starters of a thread share. */
export type StarterContext = Pick<AcceptorStart, 'env' | 'handOver' | 'nullFd' | 'ownSignals' | 'openFiles'>;

/** What one starter is for. Plain data, so that it can go to another thread. */
export interface StarterParts {
  readonly service: Service;
  readonly policy: Policy;
  readonly root: { readonly path: string; readonly fd: number };
  readonly cell: Cell;
  /** Where services write their errors. */
  readonly errorFd: number;
}

/** What this thread has used: time alone would be that of others too. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

let made = 0;

/** Starts one service in one domain, for one connection after the other. */
export class ServiceStarter {
  readonly #start: StarterContext;
  readonly #service: Service;
  readonly #policy: Policy;
  readonly #root: { readonly path: string; readonly fd: number };
  readonly #cell: Cell;
  readonly #errorFd: number;
  #prepared: Prepared | undefined;
  #failure: unknown;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** Of this process, for who has to name it. */
  readonly id: number;
  readonly parts: StarterParts;

  constructor(start: StarterContext, parts: StarterParts) {
    made += 1;
    this.id = made;
    this.parts = parts;
    this.#start = start;
    this.#service = parts.service;
    this.#policy = parts.policy;
    this.#root = parts.root;
    this.#cell = parts.cell;
    this.#errorFd = parts.errorFd;
  }

  /**
   * Starts it with the connection, which stays the caller's to close. Throws UNKNOWN_USER and USER_FORBIDDEN, and the
   * system's error when no process can be made.
   */
  start(fd: number, connection: Connection): StartedChild | FailedChild {
    const { list, environment } = this.#prepare();
    environment.tell(connection);
    const { handOver, nullFd } = this.#start;
    replaceDescriptorOnExec(fd, handOver.connection);
    replaceDescriptorOnExec(this.#errorFd, handOver.error);
    try {
      return list.start();
    } finally {
      // The client must not wait for us to let go of its connection.
      replaceDescriptorOnExec(nullFd, handOver.connection);
    }
  }

  #prepare(): Prepared {
    const accounts = this.#policy.user === undefined ? '' : this.#describeAccounts();
    if (this.#prepared?.accounts === accounts) return this.#prepared;
    if (performance.now() >= this.#restsUntil) {
      const before = cpuMs();
      try {
        this.#prepared = this.#makeReady(accounts);
      } catch (error) {
        this.#prepared = undefined;
        this.#failure = error;
      }
      const took = cpuMs() - before;
      if (took > mostReadMs) this.#restsUntil = performance.now() + restFactor * took;
    }
    if (this.#prepared === undefined) throw this.#failure;
    return this.#prepared;
  }

  #describeAccounts(): string {
    const openAsPath = 0o10000000;
    try {
      // A link of theirs may lead to a disk that never answers.
      const etc = openBeneath(this.#root.fd, `${this.#cell.domain}/etc`, openAsPath);
      try {
        const found = ['passwd', 'group'].map((name) => statAt(etc, name));
        return found.map((file) => `${file?.identity} ${file?.mtimeMs} ${file?.size}`).join();
      } finally {
        closeSync(etc);
      }
    } catch (error) {
      // Who reads them says what is wrong.
      return Error.isError(error) ? error.message : '';
    }
  }

  #makeReady(accounts: string): Prepared {
    const account = this.#findAccount(this.#cell.domain);
    const { uid, gid } = account.account;
    const words = decideArguments(this.#service.program.map((word) => Buffer.from(word)));
    const { program = Buffer.of(), argv = [] } = words ?? {};
    const name = Buffer.from(program).toString();
    const { calls, environmentAt } = listServiceCalls({
      cell: this.#cell,
      identity: { uid, gid, groups: account.groups },
      capabilities: decideCapabilities(this.#policy),
      noNewPrivileges: this.#policy.noNewPrivileges,
      nice: this.#policy.nice,
      limits: this.#limits(),
      ownSignals: this.#start.ownSignals,
      handOver: this.#start.handOver,
      candidates: name.includes('/') ? [name] : standardPath.split(':').map((folder) => `${folder}/${name}`),
      args: argv,
    });
    const environment = new EnvironmentBlock((connection) => {
      const { domain } = this.#cell;
      return decideEnvironment({ connection, domain, account: account.account, caller: this.#start.env }).env;
    });
    const list = new CallList(calls);
    for (const index of environmentAt) list.set(index, 2, environment.block);
    return { list, environment, accounts };
  }

  #findAccount(domain: DomainName): TreeAccount {
    const treeFd = openTree(this.#root, domain);
    try {
      const { user } = this.#policy;
      return user === undefined ? findRootAccount(treeFd) : findAccount(treeFd, user, this.#cell.uids);
    } finally {
      closeSync(treeFd);
    }
  }

  #limits() {
    const noFile = 7;
    const own = this.#policy.limits.map(({ resource, value }) => {
      const limit = value === undefined ? 0xffff_ffff_ffff_ffffn : BigInt(value);
      return { resource, soft: limit, hard: limit };
    });
    // Ours were raised; services get what we were given.
    const hasOwn = own.some(({ resource }) => resource === noFile);
    return hasOwn ? own : [{ resource: noFile, ...this.#start.openFiles }, ...own];
  }
}
