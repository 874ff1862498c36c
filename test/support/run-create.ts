import type { ChildProcess } from 'node:child_process';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import type { LinkMethod } from '../../src/domain/record.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { createDomains } from '../../src/pipeline/create-domains.ts';
import type { CreateRequest, CreateResult } from '../../src/pipeline/create-request.ts';
import { type Driver, type DriverEnd, startDriver } from './run-driver.ts';

/** A create in few words. */
export interface CreateWords {
  readonly settings: Settings;
  readonly domains: readonly string[];
  readonly profiles?: readonly string[];
  readonly addresses?: readonly string[];
  readonly aliases?: readonly string[];
  readonly link?: 'auto' | LinkMethod;
  /** For a process of its own: the user it is to work as, where not root. */
  readonly uid?: number;
}

export function requestOf(words: CreateWords, signal = new AbortController().signal): CreateRequest {
  return {
    domains: words.domains.map(parseDomainName),
    profiles: words.profiles ?? [words.settings.defaultProfile],
    addresses: (words.addresses ?? []).map(parseIpAddress),
    aliases: (words.aliases ?? []).map(parseDomainName),
    admin: words.settings.admin,
    link: words.link ?? 'auto',
    settings: words.settings,
    progress: 'none',
    signal,
    onWait: () => {},
  };
}

export function create(words: CreateWords, signal?: AbortSignal): Promise<CreateResult> {
  return createDomains(requestOf(words, signal));
}

/** Creates in a process of its own. */
export function createDriver(words: CreateWords): Driver {
  return { script: new URL('create-driver.ts', import.meta.url).pathname, words };
}

/** Starts it; `wrapper` is a command line that runs it, `strace …` for one. */
export function startCreate(
  words: CreateWords,
  wrapper: readonly string[] = [],
): { readonly child: ChildProcess; readonly end: Promise<DriverEnd> } {
  return startDriver(createDriver(words), wrapper);
}

export function runCreate(words: CreateWords, wrapper?: readonly string[]): Promise<DriverEnd> {
  return startCreate(words, wrapper).end;
}
