import { groupCommands } from '../command-groups.ts';
import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { capitalize, type ManBlock, type ManPage, terms, text } from './man-page.ts';
import { errorsSection, exitStatusSection } from './status-sections.ts';

/** virtfs(8), from its command table. */
export function describeVirtfsPage(commands: readonly Described[]): ManPage {
  const groups = groupCommands(commands).map(({ title, items }) => ({
    title,
    commands: items.flatMap((item) => (item.type === 'family' ? item.commands : [item.command])),
  }));
  const shown = groups.flatMap((group) => group.commands);
  return {
    name: 'virtfs',
    section: 8,
    summary: 'make, check, update and remove the file trees of hosted domains',
    synopsis: [...shown.map(synopsisOf), 'virtfs help [COMMAND]', 'virtfs --version'],
    sections: [
      {
        title: 'DESCRIPTION',
        blocks: text(
          "One machine hosts many domains. virtfs gives each of them a file tree of its own, /virtual/DOMAIN, in which programs run as if it were the whole machine: with users, passwords, mail and web pages that are the domain's alone.",
          "A tree is made from the host's own programs. Each comes with all it needs: libraries, PAM modules, data files. Files that no domain may change are kept once on the disk, however many trees have them.",
          'To run a program inside a tree, use virtexec(8).',
        ),
      },
      ...groups.map((group) => ({
        title: `COMMANDS: ${group.title.toUpperCase()}`,
        blocks: group.commands.flatMap(describeCommand),
      })),
      { title: 'ENVIRONMENT', blocks: [environment] },
      { title: 'FILES', blocks: [files] },
      exitStatusSection([]),
      errorsSection([], { without: [], json: true }),
      { title: 'EXAMPLES', blocks: shown.flatMap(describeExamples) },
    ],
    seeAlso: ['virtexec(8)', 'virtfs.toml(5)', 'virtfs-profile(5)', 'virtfs-host(5)', 'chroot(2)'],
  };
}

const environment = terms(
  [
    'VIRTFS_ROOT',
    'The folder that holds the trees. The option --root wins over it; it wins over virtfs.toml(5).',
  ],
  ['VIRTFS_CONFIG_DIR', 'The folder of settings and profiles, in place of /etc/virtfs.'],
  ['NO_COLOR', 'When it is set and not empty, nothing is coloured.'],
);

const files = terms(
  ['/virtual/DOMAIN', 'The tree of a domain.'],
  ['/virtual/ALIAS', 'A link to the tree of a domain: another name of it.'],
  ['/virtual/log', 'Where this socket is, each tree has it as dev/log.'],
  [
    '/virtual/.virtfs',
    'For root alone: records of the domains, manifests of the trees, and the store of shared files.',
  ],
  ['/etc/virtfs/virtfs.toml', 'Settings: virtfs.toml(5).'],
  [
    '/etc/virtfs/profiles/*.toml',
    'Profiles that add to the built-in ones or take their place: virtfs-profile(5).',
  ],
  [
    '/virtual/.virtfs/trash',
    'Trees that were removed, until virtfs clean deletes them or virtfs restore brings them back.',
  ],
  [
    '/virtual/conf.SERVICE',
    'Which address leads to which tree. virtfs changes the lines of its domains and keeps all else as it is.',
  ],
  [
    '/run/virtfs/update-wanted',
    'Made after a change of packages, where the hooks are installed: trees are then brought up to date. /run/virtfs/update.log tells how that went on machines without systemd.',
  ],
  [
    '/etc/virtfs/etc/',
    'Files that take the place of the built-in ones of the same name in the etc of new trees.',
  ],
);

function synopsisOf({ name, operands }: Described): string {
  return ['virtfs', name, '[OPTION…]', operands].filter(Boolean).join(' ');
}

function describeCommand(command: Described): readonly ManBlock[] {
  const options = optionTerms(command.options).map(
    ([term, help]) => [term.trim(), `${capitalize(help)}.`] as const,
  );
  return [
    { type: 'heading', text: synopsisOf(command) },
    ...text(`${capitalize(command.summary)}.`, ...command.description),
    terms(...options),
  ];
}

function describeExamples({ examples }: Described): readonly ManBlock[] {
  return examples.flatMap(([command, what]): ManBlock[] => [
    { type: 'text', text: `${capitalize(what)}:` },
    { type: 'code', lines: [command] },
  ]);
}
