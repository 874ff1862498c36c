import type { DomainSnapshot, Snapshot } from './snapshot.ts';

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'summary';
  readonly help: string;
  /** What one domain of a service has of it: what is behind the name, further labels, and the number. */
  readonly samples: (counts: DomainSnapshot) => readonly Sample[];
}

interface Sample {
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

// biome-ignore format: a table
const metrics: readonly Metric[] = [
  { name: 'virtuald_connections_running',       type: 'gauge',   help: 'Connections whose service runs.',                                     samples: ({ running }) => [{ value: running }] },
  { name: 'virtuald_connections_waiting',       type: 'gauge',   help: 'Connections in the queue.',                                           samples: ({ waiting }) => [{ value: waiting }] },
  { name: 'virtuald_connections_started_total', type: 'counter', help: 'Connections that got their turn.',                                    samples: ({ started }) => [{ value: started }] },
  { name: 'virtuald_connections_failed_total',  type: 'counter', help: 'Started connections whose service could not be started.',             samples: ({ failed }) => [{ value: failed }] },
  { name: 'virtuald_connections_left_total',    type: 'counter', help: 'Clients that went away while they waited.',                           samples: ({ left }) => [{ value: left }] },
  { name: 'virtuald_connections_refused_total', type: 'counter', help: 'Clients that were sent away, by the rule.',                           samples: ({ refused }) => Object.entries(refused).map(([rule, value]) => ({ labels: { rule }, value })) },
  { name: 'virtuald_connection_duration_seconds', type: 'summary', help: 'How long services ran that have ended.',                            samples: ({ durationMs, ended }) => [{ suffix: '_sum', value: durationMs / 1000 }, { suffix: '_count', value: ended }] },
];

/**
 * The status as Prometheus reads it (text exposition format 0.0.4). The label `domain` is empty for connections that
 * came to no domain.
 */
export function describeMetrics({ since, services }: Snapshot): string {
  const lines = [
    ...describeHead('virtuald_start_time_seconds', 'gauge', 'When the server began, since 1970.'),
    `virtuald_start_time_seconds ${since}`,
    ...describeHead(
      'virtuald_conf_complaints',
      'gauge',
      'Mistakes in the file of addresses, whose last good version holds.',
    ),
    ...services.map(({ name, complaints }) =>
      describeSample('virtuald_conf_complaints', { service: name }, complaints.length),
    ),
  ];
  for (const { name, type, help, samples } of metrics) {
    lines.push(...describeHead(name, type, help));
    for (const service of services) {
      for (const counts of service.domains) {
        for (const { suffix = '', labels, value } of samples(counts)) {
          const all = { service: service.name, domain: counts.domain ?? '', ...labels };
          lines.push(describeSample(name + suffix, all, value));
        }
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function describeHead(name: string, type: Metric['type'], help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function describeSample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const list = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}{${list.join(',')}} ${value}`;
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/gu, (sign) => (sign === '\n' ? String.raw`\n` : `\\${sign}`));
}
