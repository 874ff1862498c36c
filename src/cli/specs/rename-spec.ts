import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  'keep-alias': { type: 'boolean', short: 'k', help: 'leave the old name as an alias' },
  force: { type: 'boolean', short: 'f', help: 'rename though programs run in the tree; they go on' },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
} as const satisfies OptionSpecs;

export type RenameCall = CommandCall<typeof options>;

export const renameSpec = defineCommand({
  name: 'rename',
  summary: 'give a domain another name',
  operands: 'OLD NEW',
  takes: [2, 2],
  completeOperands: ['domain', 'none'],
  options,
  description: [
    'Moves the tree of OLD to NEW, with its record, its aliases and its lines in all files conf.SERVICE, and brings the files of its etc that hold the name up to date. Of those that the domain changed itself, its own are kept. Accounts, mail and everything else in the tree stay as they are.',
    'It is refused while something is mounted in the tree or, without --force, programs run in it. Stopped at any moment, it is done or undone by the next command.',
    'What outside of virtfs names the old tree, as the configuration of a web server does, is yours to change. On standard output stands the new path.',
  ],
  examples: [
    ['virtfs rename example.org example.net', 'the old name is free again'],
    ['virtfs rename example.org example.net --keep-alias', 'the old name leads to the same tree'],
  ],
  load: async () => (await import('../commands/rename.ts')).runRename,
});
