import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  'dry-run': {
    type: 'boolean',
    short: 'n',
    help: 'say what would be done, change nothing; status 1 when there is something',
  },
  prune: {
    type: 'boolean',
    help: 'also remove domains and users the file does not name: trees to the trash, homes stay',
  },
  yes: { type: 'boolean', short: 'y', help: 'ask nothing before domains or users are removed' },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
  verbose: { type: 'boolean', short: 'v', help: 'a line for every step' },
} as const satisfies OptionSpecs;

export type ApplyCall = CommandCall<typeof options>;

export const applySpec = defineCommand({
  name: 'apply',
  summary: 'bring domains and users to what a file declares',
  operands: 'FILE',
  takes: [1, 1],
  completeOperand: 'file',
  options,
  description: [
    'Reads a TOML file (virtfs-host(5)) that declares the domains of this host, their profiles, addresses, aliases, groups and users; prints on standard output what lies between it and what is there, like a diff: + comes, - goes, ~ becomes another; and does it. A second run finds nothing to do. Stopped at any moment, the same command goes on from there. - reads standard input.',
    'What would fail is looked for before anything is changed: a name or address two domains would have, a profile, group or user id there is none of, a program running in a tree that is to go. All mistakes are shown together.',
    'Without --prune nothing is removed that the file does not name. With it domains go to the trash (virtfs restore) and users lose their account, and groups nobody is in go; the administrator and the webmaster, whom every tree has, stay. Before that it asks.',
    'What is declared and cannot be changed afterwards, a user id, a home, an administrator, is said; the rest is done, and the status is 1.',
  ],
  examples: [
    ['virtfs dump > host.toml', 'to begin with'],
    ['virtfs apply host.toml --dry-run', 'what would change'],
    ['virtfs apply host.toml --prune', 'make it so, and remove what is no longer declared'],
  ],
  load: async () => (await import('../commands/apply.ts')).runApply,
});
