import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption } from './common-options.ts';

const options = {
  files: { type: 'boolean', help: 'every file, link and folder it comes to on this host, one a line' },
  json: jsonOption,
} as const satisfies OptionSpecs;

export type ProfileCall = CommandCall<typeof options>;

export const profileSpec = defineCommand({
  name: 'profile',
  summary: 'show what a profile comes to on this host',
  operands: 'NAME',
  takes: [1, 1],
  completeOperand: 'profile',
  options,
  description: [
    'Shows the profile with all it extends put together, and what it comes to on this host: how many programs, libraries and other files, how large, and what the host lacks. Several names joined by commas are shown as one.',
  ],
  examples: [
    ['virtfs profile login', 'what a tree holds when nothing else is asked for'],
    ['virtfs profile minimal --files', 'every file, with the reason it is there'],
  ],
  load: async () => (await import('../commands/profile.ts')).runProfile,
});
