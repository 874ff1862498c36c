import { closeSync, constants, openSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type DomainName, parseDomainName } from '../domain/domain-name.ts';
import { readAliasTarget } from '../engine/alias-links.ts';
import { enterTree } from '../engine/enter-tree.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { runInside } from '../engine/run-inside.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readCallerOpenFiles } from '../host/read-caller-open-files.ts';
import { closeDescriptorsOnExec } from '../linux/exec-program.ts';
import { forbidNewPrivileges } from '../linux/forbid-new-privileges.ts';
import type { OpenFileLimit } from '../linux/open-file-limit.ts';
import { makeOwnSession } from '../linux/own-session.ts';
import { replaceDescriptor } from '../linux/replace-descriptor.ts';
import { encodeLimit, readResourceLimits, setResourceLimits } from '../linux/resource-limits.ts';
import { openSyslog, type Syslog } from '../linux/syslog.ts';
import type { TreePlace } from './address-table.ts';
import { type Connection, describeConnection } from './connection.ts';
import { decideAccess, gatherAccess } from './decide-access.ts';
import { decideArguments } from './decide-arguments.ts';
import { decideCapabilities } from './decide-capabilities.ts';
import { decideEnvironment } from './decide-environment.ts';
import { findTreeOf } from './find-tree-of.ts';
import type { OneShotPolicy } from './one-shot-policy.ts';
import type { ResourceLimit } from './service.ts';
import { startErrorLog } from './start-error-log.ts';

export interface OneShotRequest {
  /** The folders that hold trees. */
  readonly roots: readonly string[];
  /** The file of addresses and trees, absolute. */
  readonly conf: string;
  /** What the service is called in the log. */
  readonly name: string;
  /** What standard input is. */
  readonly connection: Connection;
  /** The program and its arguments, as bytes. */
  readonly words: readonly Uint8Array[];
  readonly policy: OneShotPolicy;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The host's log. */
  readonly log: Syslog;
  /** `virtuald[4711]` */
  readonly ident: string;
}

/**
 * Becomes the service that the connection on standard input is for, in the tree that CONF has for its local address.
 * There is no way back once the tree is entered. Standard error goes to the host's log from then on, never to the client.
 * Throws what `findTreeOf`, `enterTree` and `runInside` throw, and CLIENT_DENIED.
 */
export function becomeService(request: OneShotRequest): never {
  const { conf, roots, name, connection, policy, log } = request;
  const service = decideArguments(request.words);
  if (service === undefined) throw nothingBehindTcpd();
  if (policy.verbose) log.send('info', describeConnection(name, connection, '').starting);
  const warn = (text: string) => void log.send('warning', text);
  const place = findTreeOf({ conf, roots, address: connection.local.address, warn });
  const lines = describeConnection(name, connection, `${place.root}/${place.name}`);
  if (policy.verbose) log.send('info', lines.incoming);
  requireAllowed(policy, connection, name);
  const domain = resolveAlias(place);
  const openFiles = decideOpenFiles(policy.limits) ?? readCallerOpenFiles();
  prepareProcess(request, domain);
  const stdio = [0, 0, 0];
  const { account } = enterTree({
    root: place.root,
    domain,
    user: policy.user,
    openFiles,
    stdio,
    service: decideCapabilities(policy),
  });
  if (policy.verbose) tellFromInside(request, lines.inside);
  const { path, env } = decideEnvironment({ connection, domain, account, caller: request.env });
  const [calledAs = service.program, ...args] = service.argv;
  setLimits(policy.limits);
  return runInside({ name: service.program, calledAs, args, env, path });
}

/** What must be done before the tree is entered: it needs the host's files, or the privileges. */
function prepareProcess({ name, policy, log, ident }: OneShotRequest, domain: DomainName): void {
  try {
    // What the caller left open is not for logger(1) either.
    closeDescriptorsOnExec();
    makeOwnSession();
    redirectErrors(`${ident}: ${name} ${domain}`, log);
    raiseHardLimits(policy.limits);
    if (policy.nice !== undefined) setPriority(0, policy.nice);
    if (policy.noNewPrivileges) forbidNewPrivileges();
  } catch (error) {
    throw explainErrno(error, `cannot prepare ${name} for ${domain}`);
  }
}

function redirectErrors(tag: string, log: Syslog): void {
  const pipe = startErrorLog(tag);
  if (pipe === undefined)
    log.send('warning', 'cannot start logger(1): what services say on standard error is lost');
  const fd = pipe ?? openSync('/dev/null', constants.O_WRONLY);
  replaceDescriptor(fd, 2);
  closeSync(fd);
}

/** Raising one takes a privilege that is lost in the tree, and does not hurt before. */
function raiseHardLimits(limits: readonly ResourceLimit[]): void {
  for (const { resource, value } of limits) {
    const { soft, hard } = readResourceLimits(resource);
    const wanted = encodeLimit(value);
    if (wanted > hard) setResourceLimits(resource, { soft, hard: wanted });
  }
}

/** What is told of open files, since entering the tree puts the caller's limits back. */
function decideOpenFiles(limits: readonly ResourceLimit[]): OpenFileLimit | undefined {
  const noFile = 7;
  const told = limits.find(({ resource }) => resource === noFile);
  if (told === undefined) return undefined;
  const limit = encodeLimit(told.value);
  return { soft: limit, hard: limit };
}

/** Last of all: Node itself would not live with some. */
function setLimits(limits: readonly ResourceLimit[]): void {
  for (const { resource, value } of limits) {
    const limit = encodeLimit(value);
    setResourceLimits(resource, { soft: limit, hard: limit });
  }
}

/** Through the tree's own dev/log, so that it proves that programs inside have a log. */
function tellFromInside({ log, ident }: OneShotRequest, line: string): void {
  using inside = openSyslog({ ident, reconnects: false });
  if (!inside.send('info', line))
    log.send('warning', `${line}: nobody takes what is sent to the tree's dev/log`);
}

function resolveAlias({ root, name }: TreePlace): DomainName {
  using trees = openTreesRoot(root, { make: false });
  const target = readAliasTarget(trees.fd, name);
  return target === undefined ? name : parseDomainName(target);
}

function requireAllowed(policy: OneShotPolicy, { peer, local }: Connection, name: string): void {
  if (decideAccess(gatherAccess(policy), peer.address)) return;
  throw new VirtfsError('CLIENT_DENIED', {
    what: `${name} on ${local.address} is not for the client ${peer.address}`,
    why: '--deny names it, or --allow does not',
    mend: 'nothing needs mending, unless this client should be let in',
  });
}

function nothingBehindTcpd(): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: 'cannot tell which service tcpd is to run',
    why: 'nothing stands behind it',
    mend: 'put the service there as it is to be called: virtuald CONF /usr/sbin/tcpd /usr/sbin/vsftpd',
  });
}
