import { describe, expect, it } from 'vitest';
import { describeFindings } from '../../../src/cli/describe-findings.ts';
import { textWidth } from '../../../src/cli/text-width.ts';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import type { Finding, FindingKind } from '../../../src/manifest/finding.ts';
import { describeFinding } from '../../../src/plan/describe-finding.ts';

describe('describeFindings', () => {
  it('counts where there is nothing to say', () => {
    expect(describeFindings({ domains: [1, 2], findings: [] }, 80)).toEqual(['2 domains, 0 findings']);
  });

  it('tells by domain what is the case, why it matters, and what to do', () => {
    const findings = [findingOf('a.org', 'missing', 'usr/bin/ls'), findingOf('b.org', 'record', '')];
    expect(describeFindings({ domains: [1, 2, 3], findings }, Number.POSITIVE_INFINITY)).toEqual([
      'a.org',
      '  usr/bin/ls: it is so [missing]',
      '      it was laid there, and programs of the tree count on it',
      '      -> virtfs update --repair a.org',
      'b.org',
      '  it is so [record]',
      expect.stringMatching(/^ {6}without it/u),
      expect.stringMatching(/^ {6}-> virtfs/u),
      '3 domains, 2 findings',
    ]);
  });

  it('tells a few of many of one kind', () => {
    const findings = Array.from({ length: 20 }, (_, at) => findingOf('a.org', 'outdated', `usr/lib/x${at}`));
    const lines = describeFindings({ domains: [1], findings }, 200);
    expect(lines).toHaveLength(1 + 3 + 1 + 2 + 1);
    expect(lines[4]).toBe('  and 17 more: --json has them all [outdated]');
  });

  it('names the root of the store, and of each domain where there are several', () => {
    const ofStore = describeFinding({ root: '/v1', kind: 'damaged-object', path: 'x', what: 'y' });
    expect(describeFindings({ domains: [1], findings: [ofStore] }, 80)[0]).toBe('the store in /v1');
    const other = { ...findingOf('a.org', 'missing', 'x'), root: '/v2' };
    const lines = describeFindings({ domains: [1], findings: [other, ofStore] }, 80);
    expect(lines[0]).toBe('a.org in /v2');
  });

  it('stays within the width, and lets no control character pass', () => {
    const findings = [findingOf('a.org', 'set-id', `home/${'long name '.repeat(30)}\u001b[2J\n`)];
    const lines = describeFindings({ domains: [1], findings }, 60);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(60);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });
});

function findingOf(domain: string, kind: FindingKind, path: string): Finding {
  return describeFinding({ root: '/v1', domain: parseDomainName(domain), kind, path, what: 'it is so' });
}
