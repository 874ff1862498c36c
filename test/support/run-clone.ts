import { parseDomainName } from '../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../src/domain/ip-address.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { cloneDomain } from '../../src/pipeline/clone-domain.ts';
import type { CloneRequest, CloneResult } from '../../src/pipeline/clone-request.ts';

/** A clone in few words. */
export interface CloneWords {
  readonly settings: Settings;
  readonly source: string;
  readonly domain: string;
  readonly addresses?: readonly string[];
  readonly aliases?: readonly string[];
  readonly withoutPasswords?: boolean;
}

export function cloneRequestOf(words: CloneWords, signal = new AbortController().signal): CloneRequest {
  return {
    root: words.settings.root,
    source: parseDomainName(words.source),
    domain: parseDomainName(words.domain),
    addresses: (words.addresses ?? []).map(parseIpAddress),
    aliases: (words.aliases ?? []).map(parseDomainName),
    withoutPasswords: words.withoutPasswords ?? false,
    settings: words.settings,
    progress: 'none',
    signal,
    onWait: () => {},
  };
}

export function clone(words: CloneWords, signal?: AbortSignal): Promise<CloneResult> {
  return cloneDomain(cloneRequestOf(words, signal));
}
