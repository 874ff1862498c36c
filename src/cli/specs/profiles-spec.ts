import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption } from './common-options.ts';

const options = {
  names: { type: 'boolean', help: 'the names alone, one a line' },
  json: jsonOption,
} as const satisfies OptionSpecs;

export type ProfilesCall = CommandCall<typeof options>;

export const profilesSpec = defineCommand({
  name: 'profiles',
  summary: 'list the profiles: what a tree can hold',
  operands: '',
  takes: [0, 0],
  options,
  description: [
    'Lists the built-in profiles and those of /etc/virtfs/profiles, which may take the place of a built-in one. How to write one: man 5 virtfs-profile.',
  ],
  examples: [['virtfs profiles', 'a table']],
  load: async () => (await import('../commands/profiles.ts')).runProfiles,
});
