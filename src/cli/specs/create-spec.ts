import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  profile: {
    type: 'string',
    short: 'p',
    multiple: true,
    value: 'P[,P…]',
    help: 'what the tree holds: a name of virtfs profiles; several are joined (else as virtfs.toml says, else login)',
    complete: 'profile',
  },
  address: {
    type: 'string',
    short: 'a',
    multiple: true,
    value: 'IP',
    help: 'an address that belongs to the domain; no other domain may have it',
    complete: 'none',
  },
  alias: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'another name of the domain: a link beside its tree',
    complete: 'none',
  },
  service: {
    type: 'string',
    multiple: true,
    value: 'S[,S…]',
    help: 'a service of virtuald the domain is to have, as by virtfs service enable',
    complete: ['ftp', 'http', 'pop', 'sftp', 'smb', 'smtp'],
  },
  admin: {
    type: 'string',
    value: 'USER',
    help: "the administrator's account in the tree (else as virtfs.toml says, else admin)",
    complete: 'none',
  },
  root: rootOption,
  link: {
    type: 'string',
    value: 'METHOD',
    help: 'how trees share files: auto, reflink, hardlink or copy; auto takes the first of these that the file system has',
    complete: ['auto', 'reflink', 'hardlink', 'copy'],
  },
  yes: { type: 'boolean', short: 'y', help: 'ask nothing: without a DOMAIN it is an error' },
  'dry-run': { type: 'boolean', short: 'n', help: 'show what would be in the tree, change nothing' },
  json: jsonOption,
  quiet: {
    type: 'boolean',
    short: 'q',
    help: 'say nothing but errors; with --dry-run, show the entries alone',
  },
  verbose: { type: 'boolean', short: 'v', help: 'a line for every step, with what it did' },
} as const satisfies OptionSpecs;

export type CreateCall = CommandCall<typeof options>;

export const createSpec = defineCommand({
  name: 'create',
  summary: "make a domain's file tree",
  operands: '[DOMAIN…]',
  takes: [0, Number.POSITIVE_INFINITY],
  completeOperand: 'none',
  options,
  description: [
    "Makes /virtual/DOMAIN, complete: the programs of its profile with every library and data file they need, accounts, PAM, devices, log and web folders. Nothing of the host's secrets and no other domain's name comes along.",
    'A tree is absent or whole: it is made aside and moved into its place at the end. However a run is stopped, the next one clears up what it left.',
    'Without a DOMAIN, and with a terminal, it asks for all it needs, shows what it will make, and asks whether to begin.',
    'On standard output stand the paths of the trees that were made, one a line; with --quiet nothing does.',
  ],
  examples: [
    ['virtfs create', 'asks for everything'],
    [
      'virtfs create example.org --address 192.0.2.1 --alias www.example.org',
      'one domain with its address and a second name',
    ],
    [
      'virtfs create example.org --address 192.0.2.1 --profile ftp --service ftp',
      'one whose files virtuald serves by FTP',
    ],
    [
      'virtfs create a.example b.example c.example --profile minimal',
      'three small trees; the host is looked at once',
    ],
    ['virtfs create example.org --dry-run', 'what would be in the tree, and how large it would be'],
  ],
  load: async () => (await import('../commands/create.ts')).runCreate,
});
