import { parseDomainName } from '../../src/domain/domain-name.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { rollbackDomain } from '../../src/pipeline/rollback-domain.ts';
import { updateDomains } from '../../src/pipeline/update-domains.ts';
import type { UpdateResult } from '../../src/pipeline/update-request.ts';

const quietly = { progress: 'none', signal: new AbortController().signal, onWait: () => {} } as const;

/** Brings the trees of a sandbox up to date: those that are named, or all. */
export function update(
  settings: Settings,
  domains: readonly string[] | 'all' = 'all',
  how: { readonly dryRun?: boolean; readonly repair?: boolean } = {},
): Promise<UpdateResult> {
  return updateDomains({
    settings,
    root: settings.root,
    domains: domains === 'all' ? 'all' : domains.map(parseDomainName),
    dryRun: how.dryRun ?? false,
    repair: how.repair ?? false,
    ...quietly,
  });
}

export function rollBack(settings: Settings, domain: string): Promise<UpdateResult> {
  return rollbackDomain({ root: settings.root, domain: parseDomainName(domain), dryRun: false, ...quietly });
}

/** What an update did, one line a path: `replace usr/bin/ls`. */
export function describeChanges(result: UpdateResult, domain?: string): readonly string[] {
  return result.domains
    .filter((each) => domain === undefined || each.domain === domain)
    .flatMap(({ changes }) => changes.map(({ action, path }) => `${action} ${path}`))
    .sort();
}
