import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const quiet = { type: 'boolean', short: 'q', help: 'say nothing but errors' } as const;
const verbose = { type: 'boolean', short: 'v', help: 'a line for every step, with what it did' } as const;

const removeOptions = {
  root: rootOption,
  purge: {
    type: 'boolean',
    help: 'delete for good, what the trash has of the domain too; virtfs restore cannot bring it back',
  },
  force: {
    type: 'boolean',
    help: 'end the programs that run in the tree, and detach what is mounted there',
  },
  yes: { type: 'boolean', short: 'y', help: 'ask nothing, for scripts' },
  'dry-run': { type: 'boolean', short: 'n', help: 'show what would go and who is inside, change nothing' },
  json: jsonOption,
  quiet,
  verbose,
} as const satisfies OptionSpecs;

export type RemoveCall = CommandCall<typeof removeOptions>;

export const removeSpec = defineCommand({
  name: 'remove',
  summary: 'remove domains; their trees go to the trash',
  operands: 'DOMAIN…',
  takes: [1, Number.POSITIVE_INFINITY],
  completeOperand: 'domain',
  options: removeOptions,
  description: [
    'Moves the tree of each DOMAIN to the trash of its root in one step, then removes its record, its aliases and its lines in conf files. virtfs restore brings all of it back until its days in the trash are over: see trash-days in virtfs.toml(5). Trees whose days are over are deleted on the way.',
    'It stops when programs run in the tree or something is mounted there, and says which. With --force it ends those programs, first by SIGTERM and after three seconds by SIGKILL, and detaches the mounts; what is mounted stays untouched. Programs of the host that only have a file or a folder of the tree open are told of and left alone.',
    'Deleting crosses no mount and follows no link.',
  ],
  examples: [
    ['virtfs remove example.org', 'asks first'],
    ['virtfs remove example.org --yes --force', 'in a script, whoever is inside'],
    ['virtfs remove example.org --purge', 'nothing of it is left, in the trash neither'],
  ],
  load: async () => (await import('../commands/remove.ts')).runRemove,
});

const restoreOptions = {
  root: rootOption,
  'removed-at': {
    type: 'string',
    value: 'TIME',
    help: 'the one removed at this time, as virtfs list --removed shows it, or how that begins (else the one removed last)',
    complete: 'none',
  },
  'without-names': {
    type: 'boolean',
    help: 'leave out aliases and addresses that another domain has by now',
  },
  json: jsonOption,
  quiet,
} as const satisfies OptionSpecs;

export type RestoreCall = CommandCall<typeof restoreOptions>;

export const restoreSpec = defineCommand({
  name: 'restore',
  summary: 'bring a removed domain back',
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'none',
  options: restoreOptions,
  description: [
    'Brings the tree of DOMAIN back from the trash as it was, with its record, its aliases and its lines in conf files. It stops when another domain has the name, an alias, an address or the user ids by now, and says which.',
    'Its path is printed on standard output.',
  ],
  examples: [
    ['virtfs restore example.org', 'as it was when it was removed last'],
    ['virtfs restore example.org --removed-at 2026-03-01', 'the one that was removed on that day'],
  ],
  load: async () => (await import('../commands/restore.ts')).runRestore,
});

const cleanOptions = {
  root: rootOption,
  'dry-run': { type: 'boolean', short: 'n', help: 'show what would go, change nothing' },
  json: jsonOption,
  quiet,
  verbose,
} as const satisfies OptionSpecs;

export type CleanCall = CommandCall<typeof cleanOptions>;

export const cleanSpec = defineCommand({
  name: 'clean',
  summary: 'delete what nobody needs any more',
  operands: '',
  takes: [0, 0],
  options: cleanOptions,
  description: [
    'Deletes trees in the trash whose days are over (trash-days in virtfs.toml(5)), and files of the store that no domain is made of any more: those of a domain as it was before its last update and those of trees in the trash stay. It says how much room that makes.',
    'A file that trees still share keeps its place on the disk as long as they do.',
  ],
  examples: [
    ['virtfs clean --dry-run', 'what would go'],
    ['virtfs clean --quiet', 'from cron'],
  ],
  load: async () => (await import('../commands/clean.ts')).runClean,
});
