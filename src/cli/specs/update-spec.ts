import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  all: { type: 'boolean', help: 'every domain of every root but those that were rolled back' },
  'if-stale': {
    type: 'boolean',
    help: 'with --all: only when something the trees are made from has changed; made to be called often',
  },
  'dry-run': {
    type: 'boolean',
    short: 'n',
    help: 'say what would be done, change nothing; status 1 when there is something',
  },
  repair: {
    type: 'boolean',
    help: 'look at every file of the host that was laid, and put right what is not as it was laid',
  },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors and what could not be done' },
  verbose: { type: 'boolean', short: 'v', help: 'a line for every step, and every path that changed' },
} as const satisfies OptionSpecs;

export type UpdateCall = CommandCall<typeof options>;

export const updateSpec = defineCommand({
  name: 'update',
  summary: 'bring trees up to date with the host',
  operands: '[DOMAIN…]',
  takes: [0, Number.POSITIVE_INFINITY],
  completeOperand: 'domain',
  options,
  description: [
    'Plans each tree again from the host as it is now, its profiles, the templates and its record, and applies the difference to what was laid: new versions of programs and libraries take the place of the old ones, each in one step; what nothing asks for any more goes, but for libraries that programs of the domain itself still need.',
    "A file of the tree's etc that nobody changed becomes the new one. One that the domain changed stays, and the new one is laid beside it as NAME.virtfs-new: virtfs diff shows what differs, and takes it. Passwords, homes, mail and all that the domain added are never touched.",
    'At the end it names the programs inside the trees that still use replaced files, to be started anew. Stopped at any moment, the same command completes it. virtfs rollback goes back by one update.',
    'With --json: a list with an object for each root: root, dryRun, domains (those that changed or could not: domain, changes with path, action and why, conflicts), held, staleProcesses (domain, pid, command, files) and notices.',
    'The status is 0 when all is up to date, 1 when a domain could not be brought up to date as a whole, or with --dry-run when there is something to do.',
  ],
  examples: [
    ['virtfs update --all', 'after a package upgrade; scripts/install --hooks has it done by itself'],
    ['virtfs update example.org --dry-run', 'what has changed since the tree was made'],
    ['virtfs update example.org --repair', 'put right what virtfs check found'],
  ],
  load: async () => (await import('../commands/update.ts')).runUpdate,
});
