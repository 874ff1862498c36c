import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  address: {
    type: 'string',
    short: 'a',
    multiple: true,
    value: 'IP',
    help: 'an address that belongs to the new domain; no other domain may have it',
    complete: 'none',
  },
  alias: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'another name of the new domain: a link beside its tree',
    complete: 'none',
  },
  'without-passwords': {
    type: 'boolean',
    help: 'accounts come along locked: each needs a new password (virtfs user passwd)',
  },
  root: rootOption,
  'dry-run': { type: 'boolean', short: 'n', help: 'say how much would come along, change nothing' },
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
  verbose: { type: 'boolean', short: 'v', help: 'a line for every step, with what it did' },
} as const satisfies OptionSpecs;

export type CloneCall = CommandCall<typeof options>;

export const cloneSpec = defineCommand({
  name: 'clone',
  summary: 'make a domain like another',
  operands: 'SRC NEW',
  takes: [2, 2],
  completeOperands: ['domain', 'none'],
  options,
  description: [
    'Makes the domain NEW with the profiles and the administrator of SRC, user ids of its own, and no address or alias but those given. Programs and libraries come from the host as it is now, as with virtfs create. Then comes what SRC has of its own: users, homes, mail, web pages, logs, files it added, and configuration it changed; and what it took away of those, NEW has not.',
    'Users keep their passwords, unless --without-passwords is given; passwords that services keep elsewhere (a .htpasswd) come along in any case. Owners are mapped from the range of SRC to that of NEW; what belongs to nobody of SRC is not copied. Set-id bits and file capabilities are dropped; access control lists (ids mapped) and user attributes stay; hard links within the tree stay.',
    'Not copied, and said so: sockets, devices, what is mounted in the tree. Left out silently: /dev, /proc, /run, /sys, /tmp, backups and locks of the account files, and changes to programs of the host.',
    'Configuration that virtfs made for SRC is made anew for NEW. Where SRC changed such a file, NEW has it as it is, and it may still speak of SRC: those files are named at the end. SRC may be in use meanwhile; what changes while it is read comes along as it is found, so stop databases first.',
    'NEW is absent or whole: it is made aside and gets its name at the end.',
  ],
  examples: [
    ['virtfs clone example.org staging.example.org --dry-run', 'how much would come along'],
    [
      'virtfs clone example.org staging.example.org --address 192.0.2.7 --without-passwords',
      'a copy to try things out, where nobody can log in yet',
    ],
  ],
  load: async () => (await import('../commands/clone.ts')).runClone,
});
