import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';

const options = {} as const satisfies OptionSpecs;

export type CompletionCall = CommandCall<typeof options>;

export const completionSpec = defineCommand({
  name: 'completion',
  summary: 'print the completion of a shell',
  operands: 'SHELL',
  takes: [1, 1],
  completeOperand: ['bash', 'zsh', 'fish'],
  options,
  description: [
    'Prints the definitions by which bash, zsh or fish completes the commands, options, domains and profiles of virtfs and virtexec.',
  ],
  examples: [
    ['source <(virtfs completion bash)', 'for this shell'],
    ['virtfs completion fish > ~/.config/fish/completions/virtfs.fish', 'for every fish to come'],
  ],
  load: async () => (await import('../commands/completion.ts')).runCompletion,
});
