import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import type { LinkMethod } from '../../src/domain/record.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { createDomains } from '../../src/pipeline/create-domains.ts';
import type { CreateRequest, CreateResult } from '../../src/pipeline/create-request.ts';

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

/** How a create in a process of its own ended. `code` is the VirtfsError's, or the name of what else was thrown. */
export interface DriverEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly code: string | undefined;
  readonly stderr: string;
}

const driver = new URL('create-driver.ts', import.meta.url).pathname;

/** Creates in a process of its own; `wrapper` is a command line that runs it, `strace …` for one. */
export function startCreate(
  words: CreateWords,
  wrapper: readonly string[] = [],
): { readonly child: ChildProcess; readonly end: Promise<DriverEnd> } {
  const [program = '', ...args] = [...wrapper, process.execPath, driver, JSON.stringify(words)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    texts.stdout += data;
  });
  child.stderr.on('data', (data) => {
    texts.stderr += data;
  });
  const end = new Promise<DriverEnd>((done, fail) => {
    child.on('error', fail);
    child.on('close', (status, signal) => {
      done({ status, signal, code: texts.stdout.trim() || undefined, stderr: texts.stderr });
    });
  });
  return { child, end };
}

export function runCreate(words: CreateWords, wrapper?: readonly string[]): Promise<DriverEnd> {
  return startCreate(words, wrapper).end;
}
