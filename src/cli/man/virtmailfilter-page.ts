import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { capitalize, type ManBlock, type ManPage, type ManSection, terms, text } from './man-page.ts';

/** EXIT STATUS of a program that delivers one message: in both dialects, and no other. */
export const deliveryStatuses: ManSection = {
  title: 'EXIT STATUS',
  blocks: [
    ...text(
      'There is no other than these. Where the program is killed, runs out of memory or cannot be loaded, the shell that waits for it in an installed virtfs ends with the one for later.',
    ),
    terms(
      ['0', 'The message is delivered: whole, on disk, under its name in new/.'],
      ['100, qmail', 'It is refused for good: the sender hears of it.'],
      ['111, qmail', 'Later: the sender keeps it, and tries again.'],
      ['67, sysexits', 'Refused: there is no such user, or no such domain.'],
      ['65, sysexits', 'Refused: the address is malformed.'],
      ['77, sysexits', 'Refused: the domain does not take mail for this address.'],
      [
        '69, sysexits',
        'Refused: the mailbox is full and its domain wants that told, the message is too large, or goes in a circle.',
      ],
      ['75, sysexits', 'Later.'],
    ),
    ...text(
      'When it is not 0 a line on standard error says why. It begins with the status of RFC 3463, such as 5.1.1, which Postfix goes by.',
    ),
  ],
};

export const deliveryVariables = [
  ['RPLINE', 'The line Return-Path: <ADDRESS>, with its line break or without.'],
  ['DTLINE', 'The line Delivered-To: ADDRESS, with its line break or without.'],
  ['SENDER', 'The sender, where RPLINE is not set.'],
] as const;

const environment = terms(
  ['EXT', 'The user, as qmail-local sets it.'],
  ['HOST', 'The domain, as qmail-local sets it.'],
  ...deliveryVariables,
  ['VIRTFS_ROOT, VIRTFS_CONFIG_DIR', 'As for virtfs(8).'],
);

const servers: readonly ManBlock[] = [
  ...text(
    'virtfs mail config SERVER prints all of it for the domains there are. qmail, in the .qmail-default of the user that control/virtualdomains names for the domains:',
  ),
  { type: 'code', lines: ['| /usr/local/sbin/virtmailfilter'] },
  ...text('Postfix, in master.cf:'),
  {
    type: 'code',
    lines: [
      'virtfs unix - n n - - pipe flags=q user=nobody null_sender=',
      '  argv=/usr/local/sbin/virtmailfilter --exit-codes=sysexits',
      '  --sender=$sender --recipient=$recipient',
    ],
  },
  ...text('Exim, a transport:'),
  {
    type: 'code',
    lines: [
      'virtfs:',
      '  driver = pipe',
      '  command = /usr/local/sbin/virtmailfilter --exit-codes=sysexits \\',
      '    --sender=$sender_address --recipient=$local_part@$domain',
      '  user = mail',
      '  return_fail_output',
    ],
  },
  ...text(
    'Write --sender=ADDRESS in one word: a sender may begin with a hyphen. The user named there must be one of the trusted-users of virtmaild.toml(5). virtmaild itself, which these servers speak to by LMTP, delivers many times faster than a program for each message.',
  ),
];

/** virtmailfilter(8). */
export function describeVirtmailfilterPage(spec: Described): ManPage {
  return {
    name: spec.name,
    section: 8,
    summary: spec.summary,
    synopsis: ['virtmailfilter [OPTION…] < MESSAGE'],
    sections: [
      { title: 'DESCRIPTION', blocks: text(...spec.description) },
      {
        title: 'OPTIONS',
        blocks: [
          terms(
            ...optionTerms(spec.options).map(
              ([term, help]) => [term.trim(), `${capitalize(help)}.`] as const,
            ),
          ),
        ],
      },
      { title: 'MAIL SERVERS', blocks: servers },
      { title: 'ENVIRONMENT', blocks: [environment] },
      {
        title: 'DELIVERY',
        blocks: text(
          'The message gets Return-Path and Delivered-To as its first lines; all that follows is byte for byte as it came. Handed to virtmaild, its last line ends with CR LF.',
          'The message is delivered at least once: where the machine stops between the moment it is on disk and the moment the sender has the status, the sender delivers it again.',
          'A message of no byte is none: it stays in the queue, for standard input was closed.',
        ),
      },
      deliveryStatuses,
      {
        title: 'EXAMPLES',
        blocks: spec.examples.flatMap(([command, what]) => [
          ...text(`${capitalize(what)}:`),
          { type: 'code', lines: [command] } as const,
        ]),
      },
    ],
    seeAlso: ['virtfs(8)', 'virtmaild(8)', 'virtmaildelivery(8)', 'qmail-command(8)', 'sysexits(3)'],
  };
}
