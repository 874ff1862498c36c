import { describe, expect, it } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { findingKinds } from '../../../src/manifest/finding.ts';
import { describeFinding, quotePath } from '../../../src/plan/describe-finding.ts';

const place = { root: '/virtual', domain: parseDomainName('a.org'), what: 'so it is' };

describe('describeFinding', () => {
  it.each(findingKinds)('says of %s why it matters and what to do', (kind) => {
    const finding = describeFinding({ ...place, kind, path: 'usr/bin/x' });
    expect(finding).toMatchObject({
      root: '/virtual',
      domain: 'a.org',
      path: 'usr/bin/x',
      kind,
      what: 'so it is',
    });
    expect(finding.why.length).toBeGreaterThan(10);
    expect(finding.mend).toMatch(/virtfs |findmnt |chmod |rm /u);
  });

  // biome-ignore format: a table
  it.each([
    ['missing', 'usr/bin/ls',      'virtfs update --repair a.org'],
    ['missing', 'etc/pam.d/login', 'virtfs diff a.org --accept /etc/pam.d/login'],
    ['missing', 'etc/passwd',      'put its backup back: virtexec --domain a.org cp -p /etc/passwd- /etc/passwd'],
    ['device',  'home/a/x y',      "find out who made it, then: virtexec --domain a.org rm '/home/a/x y'"],
    ['device',  'usr/bin/x',       'find out who made it, then: rm /virtual/a.org/usr/bin/x'],
    ['mount',   'home/a',          'see what it is: findmnt /virtual/a.org/home/a'],
  ] as const)('mends what is %s at %s where it can be mended', (kind, path, mend) => {
    expect(describeFinding({ ...place, kind, path }).mend).toBe(mend);
  });

  it('takes a mend or a command that is given with the finding', () => {
    expect(describeFinding({ ...place, kind: 'record', path: '', mend: 'do this' }).mend).toBe('do this');
    const fixed = describeFinding({ ...place, kind: 'foreign-owner', path: 'etc/passwd', fix: 'chown 0:0' });
    expect(fixed.mend).toBe('virtexec --domain a.org chown 0:0 /etc/passwd');
  });

  it('names no domain for what belongs to none', () => {
    const finding = describeFinding({
      root: '/v',
      kind: 'damaged-object',
      path: '.virtfs/store/x',
      what: 'x',
    });
    expect(Object.keys(finding)).not.toContain('domain');
    expect(finding.mend).toBe('virtfs update --repair --all');
    expect(describeFinding({ root: '/v', kind: 'outdated', path: 'x', what: 'x' }).mend).toContain('DOMAIN');
  });
});

describe('quotePath', () => {
  it('gives a shell one plain word, without control characters', () => {
    expect(quotePath('etc/passwd')).toBe('/etc/passwd');
    expect(quotePath("it's")).toBe(String.raw`'/it'\''s'`);
    expect(quotePath('$(id)')).toBe("'/$(id)'");
    expect(quotePath('a\nb\u001b')).toBe(String.raw`'/a\x0ab\x1b'`);
  });
});
