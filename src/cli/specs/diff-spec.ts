import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  accept: {
    type: 'string',
    multiple: true,
    value: 'PATH',
    help: "put today's file in the place of the domain's, which stays beside it as PATH.virtfs-old; a folder means all files in it that differ",
    complete: 'none',
  },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors: the status tells' },
} as const satisfies OptionSpecs;

export type DiffCall = CommandCall<typeof options>;

export const diffSpec = defineCommand({
  name: 'diff',
  summary: 'show how the configuration of a domain differs from what virtfs would lay today',
  operands: 'DOMAIN [PATH…]',
  takes: [1, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', 'none'],
  options,
  description: [
    "Compares the files virtfs lays in the tree's etc with what it would lay on this host today, and prints what differs as a unified diff: lines with - are what virtfs would lay, lines with + what the domain has. PATH, a file or a folder as in the tree (etc/hosts), limits it to that. Accounts are the domain's own and are left out; what the domain added is not looked at.",
    'Files that virtfs update laid beside one the domain changed (PATH.virtfs-new) are named.',
    "With --accept it takes today's file: its owner and mode too, in one step, with the old file kept as PATH.virtfs-old and PATH.virtfs-new taken away.",
    'The status is 0 when nothing differs, 1 when something does; with --accept, 0 when all was taken.',
  ],
  examples: [
    ['virtfs diff example.org', 'every file that differs'],
    ['virtfs diff example.org etc/pam.d', 'one folder'],
    ['virtfs diff example.org --accept etc/hosts', "take today's file"],
  ],
  load: async () => (await import('../commands/diff.ts')).runDiff,
});
