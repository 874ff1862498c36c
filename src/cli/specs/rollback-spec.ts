import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  root: rootOption,
  'dry-run': { type: 'boolean', short: 'n', help: 'say what would be done, change nothing' },
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
  verbose: { type: 'boolean', short: 'v', help: 'a line for every step, and every path that changed' },
} as const satisfies OptionSpecs;

export type RollbackCall = CommandCall<typeof options>;

export const rollbackSpec = defineCommand({
  name: 'rollback',
  summary: "put a tree's system files back as they were before the last update",
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'domain',
  options,
  description: [
    "Puts the programs, libraries and devices of a tree back as they were before the last update that changed them. The domain's configuration, accounts, homes and all it added are not touched.",
    'The domain is then held: virtfs update --all, and what calls it after package upgrades, pass it by. virtfs update DOMAIN brings it up to date again. Stopped at any moment, the same command completes it.',
    'With --json: an object as virtfs update has for each root. The status is 1 when something stood in the way of a file: then move it away, and do it again.',
  ],
  examples: [
    ['virtfs rollback example.org --dry-run', 'what would go back'],
    ['virtfs rollback example.org', 'when an upgrade broke something there'],
  ],
  load: async () => (await import('../commands/rollback.ts')).runRollback,
});
