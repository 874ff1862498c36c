import { sysexit } from '../../errors/sysexits.ts';
import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { type ManPage, terms, text } from './man-page.ts';
import { errorsSection, exitStatusSection } from './status-sections.ts';

const neverEndsWith = [sysexit.ok, sysexit.findings, sysexit.tempFail];

/** virtexec(8), from its table. */
export function describeVirtexecPage({ summary, description, options, examples }: Described): ManPage {
  return {
    name: 'virtexec',
    section: 8,
    summary,
    synopsis: [
      'virtexec [--domain DOMAIN] [--root DIR] [--user USER] [--yes] PROGRAM [ARG…]',
      'virtPROGRAM [ARG…]',
      'virtexec --links [DIR]',
    ],
    sections: [
      { title: 'DESCRIPTION', blocks: text(...description) },
      {
        title: 'OPTIONS',
        blocks: [terms(...optionTerms(options).map(([term, help]) => [term.trim(), `${help}.`] as const))],
      },
      {
        title: 'ENVIRONMENT',
        blocks: [
          terms(
            ['VIRTFS_DOMAIN', 'The domain, where --domain is not given.'],
            ['VIRTFS_ROOT', 'The folder that holds the trees, where --root is not given.'],
            ['VIRTFS_CONFIG_DIR', 'Stands for /etc/virtfs.'],
            ['TERM, LANG, LC_*', 'Passed on to the program, when they are plain names. Nothing else is.'],
          ),
        ],
      },
      {
        title: 'FILES',
        blocks: [
          terms(
            ['/virtual/DOMAIN', 'The tree of a domain.'],
            ['/etc/virtfs/virtfs.toml', 'Settings: virtfs.toml(5).'],
          ),
        ],
      },
      {
        title: 'EXIT STATUS',
        blocks: [
          ...text('The status of the program, once it runs. What comes before ends with one of these:'),
          ...exitStatusSection(neverEndsWith).blocks,
        ],
      },
      errorsSection(neverEndsWith),
      {
        title: 'EXAMPLES',
        blocks: examples.flatMap(([command, what]) => [
          ...text(`${what}:`),
          { type: 'code', lines: [command] } as const,
        ]),
      },
    ],
    seeAlso: ['virtfs(8)', 'virtfs.toml(5)', 'chroot(2)', 'unshare(2)'],
  };
}
