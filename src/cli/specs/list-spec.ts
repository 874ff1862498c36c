import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  root: rootOption,
  names: { type: 'boolean', help: 'the names alone, one a line, aliases too; reads no record' },
  removed: { type: 'boolean', help: 'what is in the trash, and until when' },
  json: jsonOption,
} as const satisfies OptionSpecs;

export type ListCall = CommandCall<typeof options>;

export const listSpec = defineCommand({
  name: 'list',
  summary: 'list the domains',
  operands: '',
  takes: [0, 0],
  options,
  description: [
    'Shows every domain that has a tree, with its addresses, profiles, aliases and the day it was made. A tree that virtfs did not make shows its name alone.',
    'A record that cannot be read does not hide the others: it is reported on standard error, and the status is 65.',
  ],
  examples: [
    ['virtfs list', 'a table'],
    ['virtfs list --removed', 'what virtfs restore can bring back'],
    ["virtfs list --json | jq -r '.domains[].domain'", 'for a script'],
  ],
  load: async () => (await import('../commands/list.ts')).runList,
});
