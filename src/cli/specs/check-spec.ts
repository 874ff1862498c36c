import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  all: { type: 'boolean', help: 'every domain; so it is too when no DOMAIN is given' },
  deep: {
    type: 'boolean',
    help: 'read every file that was laid and every object of the store, and compare it by its hash',
  },
  escape: {
    type: 'boolean',
    help: 'try the known ways out of the tree of one DOMAIN, as a user of it and as its root',
  },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing: the status tells' },
} as const satisfies OptionSpecs;

export type CheckCall = CommandCall<typeof options>;

export const checkSpec = defineCommand({
  name: 'check',
  summary: 'compare trees with what was laid, and with the host',
  operands: '[DOMAIN…]',
  takes: [0, Number.POSITIVE_INFINITY],
  completeOperand: 'domain',
  options,
  description: [
    'Changes nothing. Looks for system files that are missing, changed, or have another owner or mode; for files older than the host’s; for set-id programs, files with capabilities and devices that no profile asked for, anywhere in the tree; for secrets in its configuration; for links that lead nowhere; for damage in the store; and for records and aliases that do not fit. Each finding says what is the case, why it matters and what to do.',
    'What the domain itself changed, removed or added in etc, home, var, root, srv, tmp, run and usr/local is its own and no finding, but for the accounts, PAM and nsswitch.conf when they are missing or others than root may write them. A private key that the domain keeps in etc is its own as long as not everybody may read it and the host has no such file.',
    'Where trees share files by hard links, a file that is the store’s own inode is taken to be right without reading it, and where they do not, one with the size and time of the store’s: --deep reads them all.',
    'With --escape nothing is compared. In a process that has entered the tree as virtexec enters it, the known ways out are tried, without harm should one succeed: a second chroot, open descriptors, devices, mounts, tracing, sockets, the terminal and others; a line each says blocked, or GOT THROUGH. What virtfs does not stop is called a known limit, and is no finding.',
    'The status is 0 when all is well, and 1 when there are findings.',
  ],
  examples: [
    ['virtfs check example.org', 'one domain'],
    ['virtfs check --all --deep', 'every domain, with all content read'],
    ['virtfs check --escape example.org', 'does anything get out of it?'],
    ["virtfs check --json | jq -r '.findings[] | [.domain, .kind, .path] | @tsv'", 'for a script'],
  ],
  load: async () => (await import('../commands/check.ts')).runCheck,
});
