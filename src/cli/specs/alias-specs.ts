import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const changeOptions = {
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
} as const satisfies OptionSpecs;

const listOptions = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

export type AliasChangeCall = CommandCall<typeof changeOptions>;
export type AliasListCall = CommandCall<typeof listOptions>;

export const aliasAddSpec = defineCommand({
  name: 'alias add',
  summary: 'give a domain more names',
  operands: 'DOMAIN NAME…',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', 'none'],
  options: changeOptions,
  description: [
    "Each NAME becomes a link beside the domain's tree, so that whatever looks for the tree of NAME finds it, mail too. The hosts file of the tree follows. A NAME that the domain has already is made whole again where its link is gone.",
    'No other domain may have the name, in none of the roots.',
  ],
  examples: [['virtfs alias add example.org www.example.org example.com', 'two more names']],
  load: async () => (await import('../commands/alias.ts')).runAliasAdd,
});

export const aliasRemoveSpec = defineCommand({
  name: 'alias remove',
  summary: 'take names from a domain',
  operands: 'DOMAIN NAME…',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperand: 'domain',
  options: changeOptions,
  description: [
    'Removes the links, and nothing of the tree. Lines of conf files that name the tree by such a link name it by its own name from then on.',
  ],
  examples: [['virtfs alias remove example.org example.com', 'the tree stays as it is']],
  load: async () => (await import('../commands/alias.ts')).runAliasRemove,
});

export const aliasListSpec = defineCommand({
  name: 'alias list',
  summary: 'list the other names of domains',
  operands: '[DOMAIN]',
  takes: [0, 1],
  completeOperand: 'domain',
  options: listOptions,
  description: ['Shows the aliases of DOMAIN, or of all domains.'],
  examples: [
    ['virtfs alias list', 'all'],
    ["virtfs alias list example.org --json | jq -r '.aliases[].alias'", 'for a script'],
  ],
  load: async () => (await import('../commands/alias.ts')).runAliasList,
});
