import { join } from 'node:path';
import { type DomainName, parseDomainName } from '../../domain/domain-name.ts';
import type { Settings } from '../../domain/settings.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { findDomain, listDomains } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { findExpiry, readTrash } from '../../host/read-trash.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { findPlace, listTreeUsers, requireUnused } from '../../pipeline/free-tree.ts';
import { removeDomains } from '../../pipeline/remove-domains.ts';
import type { RemoveResult } from '../../pipeline/remove-request.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import { describeFacts } from '../describe-facts.ts';
import type { Io } from '../io.ts';
import { describePurged, describeRemoval, describeRemoved, type Removal } from '../removal-words.ts';
import type { RemoveCall } from '../specs/remove-specs.ts';
import { wrapText } from '../wrap-text.ts';

type Values = RemoveCall['values'];

/** The domains to remove of one root. */
interface Share {
  readonly root: string;
  readonly removals: readonly Removal[];
}

export async function runRemove({ operands, values, io }: RemoveCall): Promise<number> {
  const settings = await readSettings(io.env, values.root);
  const names = [...new Set(operands.map(parseDomainName))];
  requireRoot('remove a domain');
  const shares = await findShares(names, settings, values);
  if (values['dry-run']) return tellPlan(shares, values, io);
  // Nobody is to answer for nothing.
  if (!values.force) {
    for (const { domain, users } of shares.flatMap(({ removals }) => removals)) requireUnused(domain, users);
  }
  if (!values.yes && !(await mayRemove(shares, values, io))) {
    io.err('Nothing was removed.');
    return 0;
  }
  const results: RemoveResult[] = [];
  for (const { root, removals } of shares) {
    results.push(
      await removeDomains({
        settings,
        root,
        domains: removals.map(({ domain }) => domain),
        purge: values.purge ?? false,
        force: values.force ?? false,
        progress: chooseProgress(values, io),
        signal: io.signal,
        onWait: sayWaiting(values, io, root),
      }),
    );
  }
  tellResult(results, settings, values, io);
  return 0;
}

async function findShares(
  names: readonly DomainName[],
  settings: Settings,
  { purge = false }: Values,
): Promise<readonly Share[]> {
  const trashed = (await Promise.all(settings.roots.map(readTrash))).flat();
  const removals = await Promise.all(
    names.map(async (domain) => {
      const inTrash = trashed.filter((each) => each.domain === domain);
      const [first] = inTrash;
      const isLive = settings.roots.some((root) => listDomains(root).domains.includes(domain));
      const found =
        !isLive && purge && first ? first : await findLive(settings.roots, domain, inTrash.length > 0);
      const ofRoot = inTrash.filter(({ root }) => root === found.root).map(({ removed }) => removed);
      return { root: found.root, removal: inspect(found.root, domain, isLive, ofRoot) };
    }),
  );
  const roots = [...new Set(removals.map(({ root }) => root))];
  return roots.map((root) => ({
    root,
    removals: removals.filter((each) => each.root === root).map(({ removal }) => removal),
  }));
}

async function findLive(roots: readonly string[], name: DomainName, isInTrash: boolean) {
  if (isInTrash && !roots.some((root) => hasName(root, name))) {
    throw new VirtfsError('DOMAIN_MISSING', {
      what: `cannot remove ${name}`,
      why: 'it is in the trash already',
      mend: `delete it for good: virtfs remove ${name} --purge - or bring it back: virtfs restore ${name}`,
    });
  }
  const found = await findDomain(roots, name);
  if (found.alias === undefined) return found;
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot remove ${name}`,
    why: `it is another name of ${found.domain}`,
    mend: `take the name away: virtfs alias remove ${found.domain} ${name} - or remove the domain: virtfs remove ${found.domain}`,
  });
}

function hasName(root: string, name: DomainName): boolean {
  const { domains, aliases } = listDomains(root);
  return domains.includes(name) || aliases.some((alias) => alias.name === name);
}

function inspect(root: string, domain: DomainName, isLive: boolean, trashed: readonly string[]): Removal {
  if (!isLive) return { domain, path: undefined, aliases: [], users: { processes: [], mounts: [] }, trashed };
  const { aliases } = listDomains(root);
  return {
    domain,
    path: join(root, domain),
    aliases: aliases.filter((alias) => alias.domain === domain).map(({ name }) => name),
    users: listTreeUsers(findPlace(root, domain)),
    trashed,
  };
}

function tellPlan(shares: readonly Share[], values: Values, io: Io): number {
  const removals = shares.flatMap(({ root, removals }) => removals.map((removal) => ({ root, ...removal })));
  if (values.json) {
    const domains = removals.map(({ users, ...rest }) => ({
      ...rest,
      processes: users.processes,
      mounts: users.mounts.map(({ path, type, source }) => ({ path, type, source })),
    }));
    io.out(JSON.stringify({ dryRun: true, domains }, undefined, 2));
  } else tellFacts(removals, values, io.out, io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY);
  return 0;
}

function tellFacts(
  removals: readonly Removal[],
  { purge = false }: Values,
  say: (line: string) => void,
  width: number,
): void {
  for (const removal of removals)
    for (const line of describeFacts(describeRemoval(removal, purge), width)) say(line);
}

async function mayRemove(shares: readonly Share[], values: Values, io: Io): Promise<boolean> {
  const removals = shares.flatMap((share) => share.removals);
  if (!io.interactive) {
    throw new VirtfsError('NEEDS_TERMINAL', {
      what: `cannot ask whether to remove ${removals.map(({ domain }) => domain).join(', ')}`,
      why: 'there is no terminal to ask on',
      mend: 'say so beforehand: --yes',
    });
  }
  tellFacts(removals, values, io.err, io.columns);
  const { askOnTerminal } = await import('../ask.ts');
  const ask = await askOnTerminal(io.signal);
  const [first] = removals;
  const word = removals.length === 1 && first ? first.domain : 'all';
  const answer = await ask.text({
    message: `${values.purge ? 'Delete for good' : 'Remove'}? Type ${word} to do it, nothing to leave it:`,
    whyNot: (text) => (text === '' || text === word ? undefined : `Type ${word}, or nothing`),
  });
  return answer === word;
}

function tellResult(results: readonly RemoveResult[], { trashDays }: Settings, values: Values, io: Io): void {
  const domains = results.flatMap((result) => result.domains.map((each) => ({ root: result.root, ...each })));
  const purged = results.flatMap((result) => result.purged.map((each) => ({ root: result.root, ...each })));
  const notices = results.flatMap((result) => result.notices);
  if (values.json) io.out(JSON.stringify({ domains, purged, notices }, undefined, 2));
  if (values.json || values.quiet) return;
  const until = findExpiry({ removed: new Date().toISOString() }, trashDays)?.toISOString().slice(0, 10);
  const lines = [
    ...domains.map((each) => describeRemoved(each, until)),
    ...purged.map(describePurged),
    ...notices.map((notice) => `note: ${notice}`),
  ];
  for (const line of lines.flatMap((each) => wrapText(each, io.columns))) io.err(line);
}
