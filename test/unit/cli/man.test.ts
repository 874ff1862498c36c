import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { commands } from '../../../src/cli/command-table.ts';
import { errorTexts, statusTexts } from '../../../src/cli/man/error-texts.ts';
import { describeManPages } from '../../../src/cli/man/man-pages.ts';
import { escapeRoff, renderRoff } from '../../../src/cli/man/render-roff.ts';
import { declaredDomainTexts, declaredUserTexts } from '../../../src/cli/man/virtfs-host-page.ts';
import { profileKeyTexts } from '../../../src/cli/man/virtfs-profile-page.ts';
import { settingTexts } from '../../../src/cli/man/virtfs-toml-page.ts';
import { version } from '../../../src/cli/version.ts';
import { declaredKeys } from '../../../src/domain/parse-declared-host.ts';
import { parseProfile } from '../../../src/domain/parse-profile.ts';
import { settingNames } from '../../../src/domain/parse-settings.ts';
import { exitStatus } from '../../../src/errors/error-codes.ts';
import { sysexit } from '../../../src/errors/sysexits.ts';
import { thrownBy } from '../../support/thrown.ts';

const pages = new Map(
  describeManPages(commands).map((page) => [
    `${page.name}(${page.section})`,
    renderRoff(page, { version: '1.2.3', date: '2026-01-02' }),
  ]),
);
const page = (name: string) => pages.get(name)?.replaceAll('\\-', '-') ?? '';

describe('the manual', () => {
  it('documents every error code, and none that is not', () => {
    expect(Object.keys(errorTexts).sort()).toEqual(Object.keys(exitStatus).sort());
  });

  it('documents every exit status', () => {
    expect(Object.keys(statusTexts).map(Number).sort()).toEqual(Object.values(sysexit).sort());
  });

  it('has each code of virtfs with its status in virtfs(8)', () => {
    for (const code of ['ADDRESS_TAKEN', 'BAD_USAGE', 'UNKNOWN_PROFILE'] as const) {
      expect(page('virtfs(8)')).toMatch(
        new RegExp(`fB${code}\\\\fR\n.* Status ${exitStatus[code]}\\.\n`, 'u'),
      );
    }
  });

  it('has every key of virtfs.toml, and none that is not', () => {
    expect(Object.keys(settingTexts).sort()).toEqual([...settingNames].sort());
  });

  it('has every key of a declaration of the host, and none that is not', () => {
    expect(Object.keys(declaredDomainTexts).sort()).toEqual([...declaredKeys.domain].sort());
    expect(Object.keys(declaredUserTexts).sort()).toEqual([...declaredKeys.user].sort());
  });

  it('has every key of a profile, and none that is not', () => {
    const { why } = thrownBy(() => parseProfile('x', { summary: 'x', 'no-such-key-at-all': 1 }));
    const keys = /the keys are (?<keys>.*)$/u.exec(why)?.groups?.keys?.split(', ') ?? [];
    expect(keys.length).toBeGreaterThan(10);
    expect(Object.keys(profileKeyTexts).sort()).toEqual(keys.sort());
  });

  it('has every shown command with every option in virtfs(8)', () => {
    for (const { name, options, hidden } of commands) {
      if (hidden) continue;
      expect(page('virtfs(8)')).toContain(`.SS virtfs ${name}`);
      for (const option of Object.keys(options)) expect(page('virtfs(8)')).toContain(`--${option}`);
    }
    expect(page('virtfs(8)')).not.toContain('generate');
  });

  it.each(['virtfs(8)', 'virtexec(8)'])('has the parts one looks for in %s', (name) => {
    for (const title of [
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'ENVIRONMENT',
      'FILES',
      'EXIT STATUS',
      'EXAMPLES',
      'SEE ALSO',
    ]) {
      expect(page(name)).toContain(`\n.SH ${title}\n`);
    }
  });

  it('says of virtexec what shuts a program in, what it keeps and what the kernel must have', () => {
    for (const word of ['seccomp', 'CAP_', 'AUDIT_WRITE', 'read-only', 'nohup', '5.12', '5.19', '6.12'])
      expect(page('virtexec(8)')).toContain(word);
  });

  it('lists no error of one program in the page of the other, and --json where it is an option', () => {
    expect(page('virtexec(8)')).not.toMatch(/--json|ADDRESS_TAKEN|UNKNOWN_PROFILE/u);
    expect(page('virtfs(8)')).toMatch(/USER_FORBIDDEN/u);
    expect(page('virtfs(8)')).toContain('With --json it is one JSON object');
  });

  it('speaks of the version of package.json', () => {
    expect(version).toBe(packageJson.version);
  });
});

describe('renderRoff', () => {
  it('lets no text become a request, an escape or another character set', () => {
    const text = renderRoff(
      {
        name: 'x',
        section: 5,
        summary: 'a\\fBb',
        synopsis: [],
        sections: [
          {
            title: 'D',
            blocks: [
              { type: 'text', text: '.so /etc/passwd' },
              { type: 'code', lines: ["'br", '--a ü …'] },
            ],
          },
        ],
        seeAlso: ['y(1)'],
      },
      { version: '1', date: '2026-01-02' },
    );
    expect(text).toContain('x \\- a\\efBb\n');
    expect(text).toContain('\n\\&.so /etc/passwd\n');
    expect(text).toContain("\n\\&'br\n\\-\\-a \\[u00FC] ...\n");
  });

  it('writes ASCII alone', () => {
    expect(escapeRoff('日→👍')).toBe('\\[u65E5]\\[u2192]\\[u1F44D]');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what this is about
    for (const text of pages.values()) expect(text).toMatch(/^[\x00-\x7f]*$/u);
  });
});
