import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  passwords: {
    type: 'boolean',
    help: 'password hashes too: keep the file as you keep /etc/shadow',
  },
  ids: {
    type: 'boolean',
    help: 'user ids too: for applying the file where it was written, or where the domains have the same ids',
  },
  root: rootOption,
  json: jsonOption,
} as const satisfies OptionSpecs;

export type DumpCall = CommandCall<typeof options>;

export const dumpSpec = defineCommand({
  name: 'dump',
  summary: 'write what is there as a file for apply',
  operands: '[DOMAIN…]',
  takes: [0, Number.POSITIVE_INFINITY],
  completeOperand: 'domain',
  options,
  description: [
    'Writes a TOML file (virtfs-host(5)) that declares the domains virtfs made, or those that are named, with their profiles, addresses, aliases, groups and users. virtfs apply finds nothing to do with it here, and makes the same domains and users from it on another host. What every domain or user gets anyway is left out.',
    'Not in it are trees made by hand, files of the domains, and, without --passwords, what their users log in with. What the people of a domain wrote into their account files and no declaration can hold is left out too; that is said, and the status is 1.',
  ],
  examples: [
    ['virtfs dump > host.toml', 'all of this host'],
    [
      'virtfs dump example.org --passwords | ssh other virtfs apply -',
      'the same domain and users on another host',
    ],
  ],
  load: async () => (await import('../commands/dump.ts')).runDump,
});
