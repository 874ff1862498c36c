import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';

const options = {} as const satisfies OptionSpecs;

export type GenerateCall = CommandCall<typeof options>;

export const generateSpec = defineCommand({
  name: 'generate',
  summary: 'write man pages and completions',
  operands: 'docs DIR',
  takes: [2, 2],
  completeOperand: ['docs'],
  options,
  hidden: true,
  description: [
    'Writes DIR/man/man5, DIR/man/man8 and DIR/completions/{bash,zsh,fish} from the command table. Called when virtfs is built.',
  ],
  examples: [['virtfs generate docs dist', 'beside the bundled programs']],
  load: async () => (await import('../commands/generate.ts')).runGenerate,
});
