import { posix } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import type { Said } from './policy-keys.ts';
import type { Policy, Service } from './service.ts';

/** What a service must have, whoever says it. */
export interface ServiceBase {
  readonly name: string;
  readonly program: Service['program'];
  /** The root of trees, where its file of addresses is if it was not said. */
  readonly root: string;
}

/** A service with what was said of it, and of some of its domains, and with the standard for all else. */
export function completeService(
  { name, program, root }: ServiceBase,
  said: Said,
  domains: ReadonlyMap<DomainName, Said> = new Map(),
): Service {
  return {
    name,
    program,
    listen: said.listen ?? [],
    conf: said.conf ?? posix.join(root, `conf.${name}`),
    sni: said.sni ?? false,
    proxyFrom: said.proxyFrom ?? [],
    helloMs: said.helloMs ?? 10_000,
    maxTotal: said.maxTotal,
    policy: completePolicy(said),
    // What a domain says, even that a limit is none, goes before what its service says.
    domains: new Map([...domains].map(([domain, own]) => [domain, completePolicy({ ...said, ...own })])),
  };
}

/** A policy with what was said, and the standard for all else. */
export function completePolicy(said: Said): Policy {
  return {
    user: said.user,
    max: said.max,
    maxPerSource: said.maxPerSource,
    perMinute: said.perMinute,
    queue: said.queue ?? 0,
    queueMs: said.queueMs ?? 30_000,
    idleMs: said.idleMs,
    totalMs: said.totalMs,
    nice: said.nice,
    limits: said.limits ?? [],
    noNewPrivileges: said.noNewPrivileges ?? false,
    capabilities: said.capabilities,
    allow: said.allow,
    deny: said.deny ?? [],
    refusal: said.refusal ?? new Uint8Array(),
    verbose: said.verbose ?? false,
  };
}

export const standardGraceMs = 30_000;
export const standardStatusSocket = '/run/virtfs/virtuald.sock';
