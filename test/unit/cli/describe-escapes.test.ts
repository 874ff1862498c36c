import { describe, expect, test } from 'vitest';
import { describeEscapes, describeVerdict } from '../../../src/cli/describe-escapes.ts';
import type { EscapeReport, EscapeRow } from '../../../src/domain/escape-report.ts';
import { hasEscaped } from '../../../src/domain/escape-report.ts';

describe('describeEscapes', () => {
  test('gives each attempt a line, and a note to what was not simply blocked', () => {
    const report = reportOf([
      rowOf({ attempt: 'climb out' }),
      rowOf({ attempt: 'signal', root: 'through', tooOldFor: 'Linux 6.12' }),
      rowOf({ attempt: 'listen', admin: 'untested', root: 'untested' }),
      rowOf({ attempt: 'network', type: 'limit', admin: 'through', root: 'through' }),
    ]);
    expect(describeEscapes(report, Number.POSITIVE_INFINITY)).toEqual([
      'ATTEMPT    AS admin     AS root      WOULD GIVE',
      'climb out  blocked      blocked      everything',
      'signal     blocked      GOT THROUGH  everything',
      'listen     not tried    not tried    everything',
      'network    known limit  known limit  everything',
      '',
      'signal, as root: GOT THROUGH: because; this kernel is too old to stop it: Linux 6.12 does',
      'listen, as admin and root: not tried: because',
    ]);
    expect(hasEscaped(report)).toBe(true);
    expect(describeVerdict(report)).toBe(
      '4 ways out of a.example, as admin and root, on Linux 6.1.0, Landlock 2: 1 GOT THROUGH; 1 known limit, see SECURITY.md.',
    );
  });

  test('fits a narrow terminal, and lets no control character of a user name through', () => {
    const lines = describeEscapes(
      {
        ...reportOf([rowOf({ attempt: 'climb out by a second chroot and a long way up', root: 'through' })]),
        users: ['admin', 'root'],
      },
      60,
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    const evil = { ...reportOf([rowOf({})]), users: ['a\u001b[2J'] };
    expect([...describeEscapes(evil, 80), describeVerdict(evil)].join('\n')).not.toContain('\u001b');
  });

  test('takes a known limit for no escape', () => {
    const report = reportOf([rowOf({ type: 'limit', root: 'through' })]);
    expect(hasEscaped(report)).toBe(false);
    expect(describeVerdict(report)).toContain('nothing got through; 1 known limit');
  });
});

interface RowWords {
  readonly attempt?: string;
  readonly type?: EscapeRow['type'];
  readonly admin?: 'blocked' | 'through' | 'untested';
  readonly root?: 'blocked' | 'through' | 'untested';
  readonly tooOldFor?: string;
}

function rowOf(words: RowWords): EscapeRow {
  const { attempt = 'climb out', type = 'escape', admin = 'blocked', root = 'blocked', tooOldFor } = words;
  const outcomes = [
    { as: 'admin', type: admin, how: 'because' },
    { as: 'root', type: root, how: 'because' },
  ];
  return { attempt, gives: 'everything', type, outcomes, tooOldFor };
}

function reportOf(rows: readonly EscapeRow[]): EscapeReport {
  return { domain: 'a.example', users: ['admin', 'root'], rows, kernel: '6.1.0', landlock: 2 };
}
