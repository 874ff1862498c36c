import type { DomainName } from '../../domain/domain-name.ts';
import { parseDomainName } from '../../domain/domain-name.ts';
import type { Settings } from '../../domain/settings.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { areFresh } from '../../pipeline/fresh-trees.ts';
import type { UpdateResult } from '../../pipeline/update-request.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import { badUsage } from '../command-line.ts';
import type { UpdateCall } from '../specs/update-spec.ts';

/** The trees of one root that are to be brought up to date. */
interface Place {
  readonly root: string;
  readonly domains: readonly DomainName[] | 'all';
}

export async function runUpdate(call: UpdateCall): Promise<number> {
  const { values, io } = call;
  requireWords(call);
  const settings = await readSettings(io.env, values.root);
  const places = await findPlaces(call, settings);
  const results: UpdateResult[] = [];
  for (const { root, domains } of places) {
    const { updateDomains } = await import('../../pipeline/update-domains.ts');
    results.push(
      await updateDomains({
        settings,
        root,
        domains,
        dryRun: values['dry-run'] ?? false,
        repair: values.repair ?? false,
        progress: chooseProgress(values, io),
        signal: io.signal,
        onWait: sayWaiting(values, io, root),
      }),
    );
  }
  if (places.length > 0 || values.json) {
    const { tellUpdate } = await import('../tell-update.ts');
    tellUpdate(results, values, io);
  }
  const all = results.flatMap(({ domains }) => domains);
  const isOpen = all.some(({ conflicts }) => conflicts.length > 0) || (values['dry-run'] && all.length > 0);
  return isOpen ? sysexit.findings : sysexit.ok;
}

async function findPlaces({ operands, values }: UpdateCall, settings: Settings): Promise<readonly Place[]> {
  if (values.all) {
    const roots = values['if-stale']
      ? settings.roots.filter((root) => !areFresh(settings, root))
      : settings.roots;
    return roots.map((root) => ({ root, domains: 'all' }));
  }
  const found = await Promise.all(operands.map((name) => findDomain(settings.roots, parseDomainName(name))));
  const roots = [...new Set(found.map(({ root }) => root))];
  return roots.map((root) => ({
    root,
    domains: [...new Set(found.filter((each) => each.root === root).map(({ domain }) => domain))],
  }));
}

function requireWords({ operands, values, spec }: UpdateCall): void {
  const why = whyNot(operands.length, values);
  if (why !== undefined) throw badUsage('virtfs', spec, why);
}

function whyNot(count: number, values: UpdateCall['values']): string | undefined {
  if (values.all && count > 0) return 'either DOMAIN or --all, not both';
  if (!values.all && count === 0) return 'it needs a DOMAIN, or --all for every one';
  if (values['if-stale'] && !values.all) return '--if-stale goes with --all';
  return values['if-stale'] && values.repair ? '--if-stale and --repair contradict each other' : undefined;
}
