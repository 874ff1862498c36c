import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { rootOption } from './common-options.ts';

const options = {
  root: rootOption,
  user: { type: 'string', value: 'USER', help: 'as whom; root where it is left out', complete: 'none' },
} as const satisfies OptionSpecs;

export type EscapeProbeCall = CommandCall<typeof options>;

export const escapeProbeSpec = defineCommand({
  name: 'escape-probe',
  summary: 'become the process that check --escape tests with',
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'domain',
  options,
  hidden: true,
  description: [
    'Enters the tree of DOMAIN as virtexec does and becomes a program that makes the system calls it reads from standard input. Called by virtfs check --escape.',
  ],
  examples: [['virtfs escape-probe example.org', 'ends when its input does']],
  load: async () => (await import('../commands/escape-probe.ts')).runEscapeProbe,
});
