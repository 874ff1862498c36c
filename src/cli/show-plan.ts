import { escapeLines } from '../errors/escape-lines.ts';
import { describeEntry } from '../manifest/describe-entry.ts';
import type { Entry } from '../manifest/entry.ts';
import { sectionTitles } from '../manifest/plan.ts';
import type { CreateRequest } from '../pipeline/create-request.ts';
import { type PlannedDomain, planDomains } from '../pipeline/plan-domains.ts';
import { entriesOf } from '../plan/assemble-plan.ts';
import { describeCount, describeSize } from './describe-size.ts';
import type { Io } from './io.ts';

interface PlanForm {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What `virtfs create --dry-run` shows: every entry in the order it would be made, and what the tree would take. */
export async function showPlan(
  request: CreateRequest,
  { json, quiet, verbose }: PlanForm,
  io: Io,
): Promise<number> {
  const planned = await planDomains(request);
  io.signal.throwIfAborted();
  if (json) {
    const domains = planned.domains.map(describeJson);
    io.out(
      JSON.stringify(
        { dryRun: true, root: request.settings.root, domains, notices: planned.notices },
        undefined,
        2,
      ),
    );
    return 0;
  }
  const several = planned.domains.length > 1;
  for (const domain of planned.domains) {
    if (several) io.out(`# ${domain.domain}`);
    for (const entry of allEntries(domain)) {
      io.out(`${describeEntry(entry)}${verbose ? `  # ${escapeLines(entry.why)}` : ''}`);
    }
  }
  if (quiet) return 0;
  for (const domain of planned.domains) io.err(`${domain.domain} would take ${describePlanned(domain)}`);
  for (const notice of planned.notices) io.err(`  note: ${escapeLines(notice)}`);
  io.err('Nothing was changed.');
  return 0;
}

/** What a tree would hold and take, in half a sentence. */
export function describePlanned(domain: PlannedDomain): string {
  const { entries, ownBytes, ownInodes, sharedBytes } = domain;
  return `${describeCount(entries, 'entry', 'entries')}, ${describeSize(ownBytes)} of its own in ${describeCount(ownInodes, 'inode')}, ${describeSize(sharedBytes)} shared`;
}

function allEntries({ plan }: PlannedDomain): readonly Entry[] {
  return (Object.keys(sectionTitles) as (keyof typeof sectionTitles)[]).flatMap((name) =>
    entriesOf(plan, name),
  );
}

/** Contents stay out: a plan is read for what is there, and some of it is binary. */
function describeJson({ domain, record, plan, ...sizes }: PlannedDomain) {
  const entries = [...plan.layer, ...plan.own].flatMap(({ name, entries: each }) =>
    each.map((entry) => {
      const { source, mode, ...rest } = { source: undefined, mode: undefined, ...entry };
      const octal = mode === undefined ? {} : { mode: mode.toString(8).padStart(4, '0') };
      const from = source !== undefined && 'copyOf' in source ? { from: source.copyOf } : {};
      return { ...rest, section: name, ...octal, ...from };
    }),
  );
  return { domain, record, ...sizes, entries };
}
