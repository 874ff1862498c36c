import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

export type ExplainCall = CommandCall<typeof options>;

export const explainSpec = defineCommand({
  name: 'explain',
  summary: 'say why a file is in a tree',
  operands: 'DOMAIN PATH',
  takes: [2, 2],
  completeOperands: ['domain', 'none'],
  options,
  description: [
    'Says why PATH is in the tree of DOMAIN, where it came from, which package of the host it belongs to, what it needs, and what needs it. PATH is a path inside the tree; links of the tree itself are followed as a program in the tree would follow them.',
    'It answers from what virtfs wrote down when it made the tree: what people put there later it does not know.',
  ],
  examples: [
    ['virtfs explain example.org /bin/ls', 'why ls is there'],
    ['virtfs explain example.org usr/lib/x86_64-linux-gnu/libpam.so.0', 'which programs need that library'],
  ],
  load: async () => (await import('../commands/explain.ts')).runExplain,
});
