import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

export type ShowCall = CommandCall<typeof options>;

export const showSpec = defineCommand({
  name: 'show',
  summary: 'show what is known of one domain',
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'domain',
  options,
  description: [
    "Shows the domain's record, how many entries its tree was made of, how much of that is its own and how much it shares with other trees, and what was left out when it was made. DOMAIN may be an alias.",
  ],
  examples: [['virtfs show example.org', 'the record and the counts']],
  load: async () => (await import('../commands/show.ts')).runShow,
});
