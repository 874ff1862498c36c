import type { Counts, Snapshot } from '../../../src/virtuald/snapshot.ts';
import type { Child } from '../process-facts.ts';

/** What soak-clients.c prints. */
export interface ClientsReport {
  readonly made: number;
  readonly served: number;
  readonly refused: number;
  /** Whose answer was lost with their connection, for nobody read what they sent. */
  readonly cut: number;
  /** Told something else than their domain's line. */
  readonly wrong: number;
  /** Told nothing for a minute. */
  readonly stuck: number;
  readonly kinds: Readonly<Record<string, number>>;
}

/** A server at rest, from outside. */
export interface Observed {
  readonly descriptors: number;
  /** Bytes. */
  readonly resident: number;
  readonly children: readonly Child[];
  /** Processes in any of the trees. */
  readonly inTrees: readonly number[];
}

/** The server's own counts, all domains together. */
export type Totals = Counts;

export interface SoakFacts {
  /** Before any client. */
  readonly first: Observed & { readonly counts: Totals };
  /** After a tenth of them. */
  readonly warmed: Observed;
  /** After six tenths: its heaps have then the size they keep. */
  readonly later: Observed;
  readonly last: Observed & { readonly counts: Totals };
  readonly clients: readonly ClientsReport[];
  /** How often the table was. */
  readonly written: number;
  readonly end: { readonly status: number | string | null; readonly left: number };
  /** Of its resident memory, in bytes, over the last four tenths. */
  readonly growthAllowed: number;
}

export interface Finding {
  readonly claim: string;
  readonly holds: boolean;
  readonly figures: string;
}

/** What must hold once all is over, and whether it does. */
export function describeFindings(facts: SoakFacts): readonly Finding[] {
  const { first, warmed, later, last, written, end } = facts;
  const clients = addUpClients(facts.clients);
  const counts = differenceOf(last.counts, first.counts);
  const refused = sumOf(counts.refused);
  const arrived = counts.started + refused + counts.left;
  const silent = (clients.kinds.vanish ?? 0) + (clients.kinds.leave ?? 0);
  const zombies = last.children.filter(({ state }) => state === 'Z').length;
  const grown = last.resident - later.resident;
  const claim = (text: string, holds: boolean, figures: string): Finding => ({ claim: text, holds, figures });
  return [
    claim(
      'no client was told of another domain than its own, and none waited for nothing',
      clients.wrong === 0 && clients.stuck === 0,
      `${clients.made} connections (${describeKinds(clients.kinds)}): ${clients.served} served, ${clients.refused} refused, ` +
        `${clients.cut} cut, ${silent} did not listen, ${clients.wrong} wrong, ${clients.stuck} stuck`,
    ),
    claim(
      'no connection is lost: each was started, refused by a rule, or left',
      arrived === clients.made,
      `${arrived} of ${clients.made}: ${counts.started} started, ${refused} refused, ${counts.left} left`,
    ),
    claim(
      'refused are those whose domain had its most, and those who came to nobody',
      (counts.refused.max ?? 0) > 0 &&
        (counts.refused['no-tree'] ?? 0) > 0 &&
        Object.keys(counts.refused).every((rule) => rule === 'max' || rule === 'no-tree'),
      JSON.stringify(counts.refused),
    ),
    claim(
      'who was told of a refusal was counted',
      refused >= clients.refused && refused <= clients.refused + clients.cut + silent,
      `${clients.refused} were told, ${refused} counted, ${clients.cut + silent} did not hear it`,
    ),
    claim(
      'every service that was started has ended',
      counts.failed === 0 && counts.running === 0 && counts.waiting === 0 && counts.ended === counts.started,
      `${counts.started} started, ${counts.ended} ended, ${counts.failed} failed, ${counts.running} running, ${counts.waiting} waiting`,
    ),
    claim('the table was read again meanwhile', written > 2, `${written} times`),
    claim(
      'no child is left, and none unburied',
      last.children.length === first.children.length && zombies === 0,
      `${first.children.length} before, ${last.children.length} after, ${zombies} of them zombies`,
    ),
    claim('no process is left in a tree', last.inTrees.length === 0, `${last.inTrees.length}`),
    claim(
      'no descriptor is left',
      last.descriptors === warmed.descriptors,
      `${first.descriptors} at first, ${warmed.descriptors} after a tenth, ${last.descriptors} after all`,
    ),
    claim(
      'its memory stays',
      grown <= facts.growthAllowed,
      `resident ${inMegabytes(first.resident)} at first, ${inMegabytes(warmed.resident)} after a tenth, ` +
        `${inMegabytes(later.resident)} after six, ${inMegabytes(last.resident)} after all`,
    ),
    claim(
      'TERM ends it well, with all that it started',
      end.status === 0 && end.left === 0,
      `status ${end.status}, ${end.left} processes left`,
    ),
  ];
}

/** All services and domains together. */
export function addUp({ services }: Snapshot): Totals {
  const none: Totals = {
    running: 0,
    waiting: 0,
    started: 0,
    failed: 0,
    ended: 0,
    left: 0,
    refused: {},
    durationMs: 0,
  };
  return services.flatMap(({ domains }) => domains).reduce((sum, counts) => combine(sum, counts, 1), none);
}

function differenceOf(after: Totals, before: Totals): Totals {
  return combine(after, before, -1);
}

function combine(a: Totals, b: Totals, sign: 1 | -1): Totals {
  const of = (key: Exclude<keyof Totals, 'refused'>) => a[key] + sign * b[key];
  const rules = [
    ...new Set([...Object.keys(a.refused), ...Object.keys(b.refused)]),
  ] as (keyof Totals['refused'])[];
  const refused = rules.map(
    (rule) => [rule, (a.refused[rule] ?? 0) + sign * (b.refused[rule] ?? 0)] as const,
  );
  return {
    running: of('running'),
    waiting: of('waiting'),
    started: of('started'),
    failed: of('failed'),
    ended: of('ended'),
    left: of('left'),
    durationMs: of('durationMs'),
    refused: Object.fromEntries(refused.filter(([, count]) => count !== 0)),
  };
}

function addUpClients(reports: readonly ClientsReport[]): ClientsReport {
  const of = (key: Exclude<keyof ClientsReport, 'kinds'>) =>
    reports.reduce((sum, report) => sum + report[key], 0);
  const kinds = new Map<string, number>();
  for (const report of reports)
    for (const [kind, count] of Object.entries(report.kinds)) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return {
    made: of('made'),
    served: of('served'),
    refused: of('refused'),
    cut: of('cut'),
    wrong: of('wrong'),
    stuck: of('stuck'),
    kinds: Object.fromEntries(kinds),
  };
}

function describeKinds(kinds: Readonly<Record<string, number>>): string {
  return Object.entries(kinds)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
