import { describe, expect, it } from 'vitest';
import { describeTable } from '../../../src/cli/describe-table.ts';
import { describeMetrics } from '../../../src/virtuald/describe-metrics.ts';
import { describeStatusJson, describeStatusTable } from '../../../src/virtuald/describe-status.ts';
import type { Snapshot } from '../../../src/virtuald/snapshot.ts';

const none = { running: 0, waiting: 0, started: 0, failed: 0, ended: 0, left: 0, refused: {}, durationMs: 0 };

const snapshot: Snapshot = {
  pid: 4711,
  since: 1_800_000_000,
  services: [
    {
      name: 'ftp',
      listen: ['*:21'],
      complaints: ['/virtual/conf.ftp, line 3: wrong'],
      domains: [
        {
          ...none,
          domain: 'one.example',
          running: 2,
          started: 9,
          failed: 1,
          ended: 6,
          durationMs: 12_345,
          refused: { max: 1, denied: 4 },
        },
        {
          ...none,
          domain: 'two.example',
          waiting: 1,
          started: 1,
          ended: 1,
          left: 1,
          durationMs: 5,
          refused: { denied: 1 },
        },
        { ...none, domain: undefined, refused: { 'no-tree': 3 } },
      ],
    },
    { name: 'pop', listen: [], complaints: [], domains: [] },
  ],
};

describe('describeStatusTable', () => {
  it('has a row for each service and for each of its domains', () => {
    const { columns, rows } = describeStatusTable(snapshot);
    expect(describeTable(columns, rows, 100)).toEqual([
      'SERVICE  DOMAIN       RUNNING  WAITING  STARTED  REFUSED  FAILED  REFUSED BY',
      'ftp      all                2        1       10        9       1  denied 5, no-tree 3, max 1',
      'ftp      one.example        2        0        9        5       1  denied 4, max 1',
      'ftp      two.example        0        1        1        1       0  denied 1',
      'ftp      none               0        0        0        3       0  no-tree 3',
      'pop      all                0        0        0        0       0',
    ]);
  });
});

describe('describeStatusJson', () => {
  it('has the counts of each service and of each domain', () => {
    expect(JSON.parse(JSON.stringify(describeStatusJson(snapshot)))).toMatchObject({
      pid: 4711,
      since: 1_800_000_000,
      services: [
        {
          name: 'ftp',
          listen: ['*:21'],
          complaints: ['/virtual/conf.ftp, line 3: wrong'],
          total: {
            running: 2,
            waiting: 1,
            started: 10,
            failed: 1,
            ended: 7,
            left: 1,
            seconds: 12.35,
            refused: { max: 1, denied: 5, 'no-tree': 3 },
          },
          domains: [
            { domain: 'one.example', running: 2, seconds: 12.345 },
            { domain: 'two.example' },
            { refused: { 'no-tree': 3 } },
          ],
        },
        { name: 'pop', total: { started: 0, refused: {} }, domains: [] },
      ],
    });
  });
});

describe('describeMetrics', () => {
  const lines = describeMetrics(snapshot).split('\n');

  it('says every number with its service and domain', () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        'virtuald_start_time_seconds 1800000000',
        'virtuald_conf_complaints{service="ftp"} 1',
        'virtuald_conf_complaints{service="pop"} 0',
        'virtuald_connections_running{service="ftp",domain="one.example"} 2',
        'virtuald_connections_waiting{service="ftp",domain="two.example"} 1',
        'virtuald_connections_started_total{service="ftp",domain="one.example"} 9',
        'virtuald_connections_failed_total{service="ftp",domain="one.example"} 1',
        'virtuald_connections_left_total{service="ftp",domain="two.example"} 1',
        'virtuald_connections_refused_total{service="ftp",domain="one.example",rule="denied"} 4',
        'virtuald_connections_refused_total{service="ftp",domain="",rule="no-tree"} 3',
        'virtuald_connection_duration_seconds_sum{service="ftp",domain="one.example"} 12.345',
        'virtuald_connection_duration_seconds_count{service="ftp",domain="one.example"} 6',
      ]),
    );
  });

  it('introduces each name once, before its numbers, and ends with a line break', () => {
    expect(lines.at(-1)).toBe('');
    let current = '';
    const introduced: string[] = [];
    for (const line of lines.slice(0, -1)) {
      const type = /^# TYPE (\S+) (?:gauge|counter|summary)$/u.exec(line)?.[1];
      if (type !== undefined) {
        introduced.push(type);
        current = type;
      } else if (!line.startsWith('# HELP '))
        expect(line).toMatch(new RegExp(`^${current}(?:_sum|_count)?(?:\\{[^{}]*\\})? [\\d.]+$`, 'u'));
    }
    expect(new Set(introduced).size).toBe(introduced.length);
    expect(introduced.length).toBeGreaterThan(8);
  });

  it('escapes what would end a label', () => {
    const domain = 'a"b\\c\nd';
    const text = describeMetrics({
      ...snapshot,
      services: [{ name: 'x', listen: [], complaints: [], domains: [{ ...none, domain }] }],
    });
    expect(text).toContain(String.raw`domain="a\"b\\c\nd"`);
  });
});
