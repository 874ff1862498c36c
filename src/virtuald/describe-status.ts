import type { Counts, RefusalRule, ServiceSnapshot, Snapshot } from './snapshot.ts';

/** A table for people, as `describeTable` of the commands takes it. */
export interface StatusTable {
  readonly columns: readonly {
    readonly title: string;
    readonly shrinks?: boolean;
    readonly align?: 'left' | 'right';
  }[];
  readonly rows: readonly (readonly string[])[];
}

const columns: StatusTable['columns'] = [
  { title: 'SERVICE' },
  { title: 'DOMAIN', shrinks: true },
  ...['RUNNING', 'WAITING', 'STARTED', 'REFUSED', 'FAILED'].map(
    (title) => ({ title, align: 'right' }) as const,
  ),
  { title: 'REFUSED BY', shrinks: true },
];

/** A row for each service, and below it one for each of its domains that a connection came to. */
export function describeStatusTable({ services }: Snapshot): StatusTable {
  const rows = services.flatMap((service) => [
    describeRow(service.name, 'all', sumCounts(service)),
    ...service.domains.map((counts) => describeRow(service.name, counts.domain ?? 'none', counts)),
  ]);
  return { columns, rows };
}

/** What scripts read: the counts of each service, of all its domains together, and of each. */
export function describeStatusJson({ pid, since, services }: Snapshot): unknown {
  return {
    pid,
    since,
    services: services.map((service) => ({
      name: service.name,
      listen: service.listen,
      complaints: service.complaints,
      total: describeCounts(sumCounts(service)),
      domains: service.domains.map(({ domain, ...counts }) => ({ domain, ...describeCounts(counts) })),
    })),
  };
}

/** The counts of all domains of a service together. */
export function sumCounts({ domains }: ServiceSnapshot): Counts {
  const add = (a: Counts, b: Counts): Counts => ({
    running: a.running + b.running,
    waiting: a.waiting + b.waiting,
    started: a.started + b.started,
    failed: a.failed + b.failed,
    ended: a.ended + b.ended,
    left: a.left + b.left,
    refused: addRefused(a.refused, b.refused),
    durationMs: a.durationMs + b.durationMs,
  });
  const none = {
    running: 0,
    waiting: 0,
    started: 0,
    failed: 0,
    ended: 0,
    left: 0,
    refused: {},
    durationMs: 0,
  };
  return domains.reduce(add, none);
}

function addRefused(a: Counts['refused'], b: Counts['refused']): Counts['refused'] {
  const sum: Partial<Record<RefusalRule, number>> = { ...a };
  for (const [rule, count] of rulesOf(b)) sum[rule] = (sum[rule] ?? 0) + count;
  return sum;
}

function rulesOf(refused: Counts['refused']): readonly (readonly [rule: RefusalRule, count: number])[] {
  return Object.entries(refused) as [RefusalRule, number][];
}

function describeRow(service: string, domain: string, counts: Counts): readonly string[] {
  const rules = rulesOf(counts.refused).toSorted(([, a], [, b]) => b - a);
  const refused = rules.reduce((sum, [, count]) => sum + count, 0);
  return [
    service,
    domain,
    ...[counts.running, counts.waiting, counts.started, refused, counts.failed].map(String),
    rules.map(([rule, count]) => `${rule} ${count}`).join(', '),
  ];
}

function describeCounts({ durationMs, ...counts }: Counts): Readonly<Record<string, unknown>> {
  return { ...counts, seconds: durationMs / 1000 };
}
