import type { CommandSpec, OptionSpecs } from '../command.ts';
import { exitCodesOption, quoteFromOption, senderOption } from '../virtmailfilter/virtmailfilter-spec.ts';

export const virtmaildeliveryOptions = {
  recipient: {
    type: 'string',
    value: 'ADDRESS',
    help: 'what Delivered-To is to say (else as DTLINE has it)',
    complete: 'none',
  },
  sender: senderOption,
  'exit-codes': exitCodesOption,
  'quote-from': quoteFromOption,
  version: { type: 'boolean', short: 'V', help: 'show the version' },
} as const satisfies OptionSpecs;

/** What help, man page and completion say of virtmaildelivery. */
export const virtmaildeliverySpec = {
  name: 'virtmaildelivery',
  summary: 'put one message into your own Maildir',
  operands: 'USER HOME',
  takes: [0, 2],
  completeOperands: ['user', 'directory'],
  options: virtmaildeliveryOptions,
  description: [
    'Puts the message on standard input into HOME/Maildir, which is made where it is not there, with the headers Return-Path and Delivered-To first. HOME is a folder as this process sees it, and the process must be the user it belongs to: it changes neither root directory nor user, and root is refused. USER is who the message is for, as messages name him.',
    'The message is on disk, whole, once the status is 0. With any other status it is not there, and the sender keeps it: 111 or 75 means try again, which is what it ends with whenever it is not sure.',
    'For a domain of virtfs this is not what one calls: virtmailfilter(8) finds the tree and the user, and delivers there by itself.',
  ],
  examples: [
    [
      'virtmaildelivery bob /home/bob --sender=ann@example.net --recipient=bob@example.org < message',
      'by hand',
    ],
    [
      '| /usr/local/sbin/virtmaildelivery "$USER" "$HOME"',
      'in a .qmail file of a user, where DTLINE and RPLINE are set',
    ],
  ],
} as const satisfies Omit<CommandSpec, 'load'>;
