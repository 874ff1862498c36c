import { parseDomainName } from '../../src/domain/domain-name.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { type CleanResult, cleanRoot } from '../../src/pipeline/clean-root.ts';
import { removeDomains } from '../../src/pipeline/remove-domains.ts';
import type { RemoveResult } from '../../src/pipeline/remove-request.ts';
import { type RestoreResult, restoreDomain } from '../../src/pipeline/restore-domain.ts';
import type { Driver } from './run-driver.ts';

/** A removal, a restoration or a cleaning in few words. */
export type RemovalWords =
  | {
      readonly action: 'remove';
      readonly settings: Settings;
      readonly domains: readonly string[];
      readonly purge?: boolean;
      readonly force?: boolean;
    }
  | {
      readonly action: 'restore';
      readonly settings: Settings;
      readonly domain: string;
      readonly removedAt?: string;
      readonly withoutNames?: boolean;
    }
  | { readonly action: 'clean'; readonly settings: Settings; readonly dryRun?: boolean };

type Told<A extends RemovalWords['action']> = Omit<Extract<RemovalWords, { action: A }>, 'action'>;

const never = new AbortController().signal;

export function remove(words: Told<'remove'>, signal = never): Promise<RemoveResult> {
  const { settings, domains, purge = false, force = false } = words;
  return removeDomains({ ...common(settings, signal), domains: domains.map(parseDomainName), purge, force });
}

export function restore(words: Told<'restore'>, signal = never): Promise<RestoreResult> {
  const { settings, domain, removedAt, withoutNames = false } = words;
  return restoreDomain({
    ...common(settings, signal),
    domain: parseDomainName(domain),
    removedAt,
    withoutNames,
  });
}

export function clean(words: Told<'clean'>, signal = never): Promise<CleanResult> {
  return cleanRoot({ ...common(words.settings, signal), dryRun: words.dryRun ?? false });
}

/** Does it in a process of its own. */
export function removalDriver(words: RemovalWords): Driver {
  return { script: new URL('removal-driver.ts', import.meta.url).pathname, words };
}

function common(settings: Settings, signal: AbortSignal) {
  return { settings, root: settings.root, progress: 'none', signal, onWait: () => {} } as const;
}
