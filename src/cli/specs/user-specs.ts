import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const quietOption = { type: 'boolean', short: 'q', help: 'say nothing but errors' } as const;
const dryRunOption = { type: 'boolean', short: 'n', help: 'say what would be done, and do nothing' } as const;
const stdinOption = {
  type: 'boolean',
  help: 'take the password from the first line of standard input',
} as const;

const addOptions = {
  root: rootOption,
  gecos: { type: 'string', value: 'TEXT', help: 'the full name, and what else passwd(5) keeps with it' },
  shell: { type: 'string', value: 'PATH', help: 'the login shell (else /bin/false: mail and FTP, no login)' },
  groups: {
    type: 'string',
    value: 'GROUP,…',
    help: 'further groups of the tree, commas between them',
    multiple: true,
  },
  'system-groups': {
    type: 'boolean',
    help: 'let --groups name groups of the system: mail reads every mailbox of the domain, shadow its passwords',
  },
  home: {
    type: 'string',
    value: 'PATH',
    help: 'the home (else /home/LETTER/USER); /./ in it is kept for FTP servers',
  },
  uid: {
    type: 'string',
    value: 'NUMBER',
    help: "the user and group id, one of the domain's own (else the next)",
  },
  'no-maildir': { type: 'boolean', help: 'make neither Maildir nor mailbox' },
  'password-stdin': stdinOption,
  'no-password': {
    type: 'boolean',
    help: 'do not ask for a password: the account stays closed until it has one',
  },
  'dry-run': dryRunOption,
  quiet: quietOption,
  json: jsonOption,
} as const satisfies OptionSpecs;

export type UserAddCall = CommandCall<typeof addOptions>;

export const userAddSpec = defineCommand({
  name: 'user add',
  summary: 'add a user to a domain',
  operands: 'DOMAIN [USER]',
  takes: [1, 2],
  completeOperands: ['domain', 'none'],
  options: addOptions,
  description: [
    "Gives the user an id of the domain's own range, a group of his name, a home of mode 0750 with what the tree's etc/skel has and a Maildir, and a mailbox in /var/mail. A home or mailbox that is there already is not touched, and that is said.",
    'On a terminal it asks for what is not given: the name, and a password, twice. Without a terminal it does not wait: give --password-stdin, or the account stays closed until virtfs user passwd.',
    "The files are changed by virtfs itself, never by a program of the tree, under the same locks that passwd and useradd inside the tree take: neither loses the other's change. Stopped halfway, the same command completes it.",
  ],
  examples: [
    ['virtfs user add example.org bob', 'asks for a password'],
    ['virtfs user add --password-stdin example.org bob <secret', 'its first line is the password'],
    ['virtfs user add --shell /bin/bash --groups www example.org anna', 'someone who logs in'],
  ],
  load: async () => (await import('../commands/user-add.ts')).runUserAdd,
});

const removeOptions = {
  root: rootOption,
  home: { type: 'boolean', help: 'remove the home and the mailbox too, where they belong to the user' },
  force: { type: 'boolean', help: "remove an account whose id is not one of the domain's own, too" },
  yes: { type: 'boolean', short: 'y', help: 'do not ask' },
  'dry-run': dryRunOption,
  quiet: quietOption,
  json: jsonOption,
} as const satisfies OptionSpecs;

export type UserRemoveCall = CommandCall<typeof removeOptions>;

export const userRemoveSpec = defineCommand({
  name: 'user remove',
  summary: 'remove a user from a domain',
  operands: 'DOMAIN USER',
  takes: [2, 2],
  completeOperands: ['domain', 'tree-user'],
  options: removeOptions,
  description: [
    'Removes the account, its memberships, and the group of its name when nobody else is in it. Home and mailbox stay, and their id is given to nobody else as long as they lie in /home or /var/mail; --home removes them, after asking on a terminal.',
    'Root is never removed, an account of the system with --force alone. Programs the user runs go on running; they are named.',
  ],
  examples: [
    ['virtfs user remove example.org bob', 'the mail stays'],
    ['virtfs user remove --home --yes example.org bob', 'everything goes'],
  ],
  load: async () => (await import('../commands/user-remove.ts')).runUserRemove,
});

const passwdOptions = {
  root: rootOption,
  'password-stdin': stdinOption,
  quiet: quietOption,
  json: jsonOption,
} as const satisfies OptionSpecs;

export type UserPasswdCall = CommandCall<typeof passwdOptions>;

export const userPasswdSpec = defineCommand({
  name: 'user passwd',
  summary: 'set the password of a user',
  operands: 'DOMAIN USER',
  takes: [2, 2],
  completeOperands: ['domain', 'tree-user'],
  options: passwdOptions,
  description: [
    "Asks for the password twice, on the terminal, or takes it from standard input. It is hashed by the host's libcrypt: yescrypt, or sha512crypt where that is all there is. No program of the tree runs; virtpasswd runs the tree's own passwd, with the rules of its PAM.",
  ],
  examples: [['virtfs user passwd example.org bob', 'asks, and does not show what is typed']],
  load: async () => (await import('../commands/user-passwd.ts')).runUserPasswd,
});

const lockOptions = { root: rootOption, quiet: quietOption, json: jsonOption } as const satisfies OptionSpecs;

export type UserLockCall = CommandCall<typeof lockOptions>;

export const userLockSpec = defineCommand({
  name: 'user lock',
  summary: 'let no password open an account',
  operands: 'DOMAIN USER',
  takes: [2, 2],
  completeOperands: ['domain', 'tree-user'],
  options: lockOptions,
  description: [
    'Puts a ! before the hash, as passwd -l does. Who is logged in stays so, and other ways in (ssh keys) stay open.',
  ],
  examples: [['virtfs user lock example.org bob', 'until virtfs user unlock']],
  load: async () => (await import('../commands/user-lock.ts')).runUserLock,
});

export const userUnlockSpec = defineCommand({
  name: 'user unlock',
  summary: 'let the password open an account again',
  operands: 'DOMAIN USER',
  takes: [2, 2],
  completeOperands: ['domain', 'tree-user'],
  options: lockOptions,
  description: [
    'Takes the ! away. An account that has no password behind it is left locked, and the status is 65: it would be open to everybody.',
  ],
  examples: [['virtfs user unlock example.org bob', 'with the password he had']],
  load: async () => (await import('../commands/user-lock.ts')).runUserUnlock,
});

const listOptions = {
  root: rootOption,
  all: { type: 'boolean', short: 'a', help: 'accounts of the system too' },
  names: { type: 'boolean', help: 'the names alone, one a line' },
  json: jsonOption,
} as const satisfies OptionSpecs;

export type UserListCall = CommandCall<typeof listOptions>;

export const userListSpec = defineCommand({
  name: 'user list',
  summary: 'list the users of a domain',
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'domain',
  options: listOptions,
  description: [
    "Shows each user of the tree's passwd whose id is one of the domain's own: id, groups, home, shell, and what is known of the password: set, locked, none (no password opens the account), open (nobody is asked for one).",
  ],
  examples: [['virtfs user list example.org', 'a table']],
  load: async () => (await import('../commands/user-list.ts')).runUserList,
});

const showOptions = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

export type UserShowCall = CommandCall<typeof showOptions>;

export const userShowSpec = defineCommand({
  name: 'user show',
  summary: 'show what is known of one user',
  operands: 'DOMAIN USER',
  takes: [2, 2],
  completeOperands: ['domain', 'tree-user'],
  options: showOptions,
  description: [
    'Shows the account, the day its password was set, and what its home, Maildir and mailbox are.',
  ],
  examples: [['virtfs user show example.org bob', 'account, home and mail']],
  load: async () => (await import('../commands/user-show.ts')).runUserShow,
});
