import type { CommandSpec, OptionSpecs } from '../command.ts';

export const exitCodesOption = {
  type: 'string',
  value: 'KIND',
  help: 'the exit statuses the caller knows: qmail or sysexits (else qmail where EXT and HOST are set, else sysexits)',
  complete: ['qmail', 'sysexits'],
} as const;

export const senderOption = {
  type: 'string',
  value: 'ADDRESS',
  help: 'who sent it, empty for a bounce (else as RPLINE has it, else SENDER)',
  complete: 'none',
} as const;

export const quoteFromOption = {
  type: 'boolean',
  help: 'put > before lines of the body that begin with From, for readers of mbox files; signatures break by it',
} as const;

export const virtmailfilterOptions = {
  recipient: {
    type: 'string',
    value: 'ADDRESS',
    help: 'who it is for (else EXT@HOST)',
    complete: 'none',
  },
  sender: senderOption,
  'exit-codes': exitCodesOption,
  'quote-from': quoteFromOption,
  root: {
    type: 'string',
    value: 'DIR',
    help: 'as root: the folder that holds the trees (else VIRTFS_ROOT, else virtfs.toml, else /virtual)',
    complete: 'directory',
  },
  socket: {
    type: 'string',
    value: 'PATH',
    help: 'as any other user: where virtmaild listens (else /run/virtfs/lmtp.sock)',
    complete: 'file',
  },
  version: { type: 'boolean', short: 'V', help: 'show the version' },
} as const satisfies OptionSpecs;

/** What help, man page and completion say of virtmailfilter. */
export const virtmailfilterSpec = {
  name: 'virtmailfilter',
  summary: "deliver one message to a user of a domain's tree",
  operands: '',
  takes: [0, 0],
  options: virtmailfilterOptions,
  description: [
    'A mail server calls it for each message and recipient, with the message on standard input. It finds the tree of the domain, the user in the etc/passwd of that tree, and puts the message into the Maildir there, as that user. virtfs mail explain shows how an address is decided.',
    'qmail: called from a .qmail file it takes the address from EXT and HOST, and the lines DTLINE and RPLINE as they are. Postfix, Exim and sendmail name the address with --recipient and --sender. virtfs mail config prints what each of them needs.',
    'As root it delivers itself. As any other user it hands the message to virtmaild(8) at its socket, after the kernel said that root listens there. No set-user-id program is involved.',
    'The message stays in the queue of the sender, by status 111 or 75, unless it was delivered, or refused for good: an unknown user or domain, a malformed address, one that the domain refuses, a full mailbox where the domain wants it so. A crash, a signal or a missing virtmaild is never a delivery and never a bounce.',
  ],
  examples: [
    ['| /usr/local/sbin/virtmailfilter', 'a line of .qmail-default of the user that virtualdomains names'],
    [
      'virtmailfilter --recipient=bob@example.org --sender=ann@example.net < message',
      'by hand, with the statuses of sysexits(3)',
    ],
  ],
} as const satisfies Omit<CommandSpec, 'load'>;
