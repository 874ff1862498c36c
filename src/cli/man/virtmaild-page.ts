import type { ErrorCode } from '../../errors/error-codes.ts';
import { exitStatus } from '../../errors/error-codes.ts';
import { sysexit } from '../../errors/sysexits.ts';
import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { capitalize, type ManBlock, type ManPage, terms, text } from './man-page.ts';
import { errorsSection, exitStatusSection } from './status-sections.ts';

const neverEndsWith = [
  sysexit.findings,
  sysexit.cantCreat,
  sysexit.tempFail,
  sysexit.cannotExec,
  sysexit.notFound,
];

/** What virtmaild ends with, beside a bug. */
const errors: readonly ErrorCode[] = [
  'BAD_ADDRESS',
  'BAD_CONFIG',
  'BAD_USAGE',
  'CANNOT_LISTEN',
  'IO_ERROR',
  'NEEDS_ROOT',
  'PATH_MISSING',
  'ROOT_UNSAFE',
  'UNKNOWN_USER',
];

const others = (Object.keys(exitStatus) as ErrorCode[]).filter((code) => !errors.includes(code));

// biome-ignore format: a table
/** What each key of virtmaild.toml means. */
export const virtmaildKeyTexts: Readonly<Record<string, string>> = {
  listen:           'List of texts. Where it waits: "unix:PATH", "127.0.0.1:PORT", "[::1]:PORT". ["unix:/run/virtfs/lmtp.sock"] when it is not given; --listen stands in its place.',
  'allow-remote':   'True or false. Allows addresses in listen that other machines can reach, where whoever reaches them may deliver to everybody. False when it is not given.',
  'socket-group':   'Text. The group of UNIX sockets, whose mode is 0660: who is in it may connect. When it is not given, the group of the first of trusted-users; without those, root.',
  'trusted-users':  'List of texts. Users of this host, by name or number, whose connections to UNIX sockets are served beside those of root: the one your mail server delivers as, such as postfix or Debian-exim.',
  'max-size':       'Number. The most bytes of a message, 104857600 (100 MB) when it is not given. A larger one is refused for good.',
  'max-recipients': 'Number. The most recipients of one message, 100 when it is not given. A mail server sends the message again for the rest.',
  'max-sessions':   'Number. The most sessions at a time, 100 when it is not given. More hear 421 and come again.',
  idle:             'Number. For how many seconds a client may say nothing: 300 when it is not given.',
  total:            'Number. For how many seconds a session may last: 3600 when it is not given.',
  sendmail:         'Text. The program that takes what an alias or a .forward sends to other hosts: "/usr/sbin/sendmail" when it is not given.',
  'forward-user':   'Text. The user of this host as whom it is started, never root: "nobody" when it is not given.',
};

const answers: readonly ManBlock[] = [
  ...text(
    'What a client hears for a recipient, at RCPT or, for each recipient by itself, behind the message:',
  ),
  terms(
    [
      '250',
      'At RCPT: mail for it would be taken now. Behind the message: it is whole in new/ of the mailbox, and on disk.',
    ],
    ['550, 553', 'There is no such user (5.1.1) or domain (5.1.2), or nobody could be called that (5.1.3).'],
    [
      '552',
      'The mailbox is full, and its domain refuses mail then (5.2.2), or the message is larger than max-size (5.3.4).',
    ],
    ['554', 'It has been here before, and would go in a circle (5.4.6).'],
    [
      '452',
      'The mailbox is full, and its domain lets mail wait (4.2.2); the disk is full (4.3.1); or there are too many recipients (4.5.3).',
    ],
    [
      '451',
      "Whatever else does not go well: the tree vanished, a Maildir that is a link or a file, an account with ids that are not the domain's, no sendmail(1) for mail that goes on. The log has the reason.",
    ],
    [
      '421',
      'It is being stopped, has max-sessions, does not serve this client, or has waited too long for it.',
    ],
  ),
  ...text(
    'A recipient that stands for several mailboxes, by an alias, gets one answer: that all have it; or why one of them does not, and then the others may have the message twice when it is sent again.',
  ),
];

/** virtmaild(8), from its table. */
export function describeVirtmaildPage({ summary, description, options, examples }: Described): ManPage {
  return {
    name: 'virtmaild',
    section: 8,
    summary,
    synopsis: ['virtmaild [OPTION…]'],
    sections: [
      { title: 'DESCRIPTION', blocks: text(...description) },
      {
        title: 'OPTIONS',
        blocks: [
          terms(
            ...optionTerms(options).map(([term, help]) => [term.trim(), `${capitalize(help)}.`] as const),
          ),
        ],
      },
      {
        title: 'SETTINGS',
        blocks: [
          ...text(
            'virtmaild.toml is a TOML file. It need not be there: every key has a value that is used without it. All errors of the file are shown at once. It must belong to root, and nobody else may be able to write it. HUP reads it again; where it is wrong then, what was read before holds. Where trees are is said in virtfs.toml(5).',
          ),
          terms(...Object.entries(virtmaildKeyTexts)),
          ...text('For Postfix:'),
          { type: 'code', lines: ['trusted-users = ["postfix"]'] },
        ],
      },
      { title: 'ANSWERS', blocks: answers },
      {
        title: 'DELIVERY',
        blocks: text(
          'A message is written into tmp/ of the Maildir as the user, with Return-Path and Delivered-To in front of it and all else byte for byte as it came; it is synced to disk, moved to new/, and the folder is synced. Then the answer is 250. A message whose client vanishes before its end is nowhere. Between the move and the answer lies the one moment in which an end of the machine, or of virtmaild, leaves a message that was not acknowledged: its sender sends it again, and it is there twice.',
          'What an alias or a .forward sends to other hosts is handed to sendmail(1), with Delivered-To in front, once all mailboxes of that recipient have the message.',
        ),
      },
      {
        title: 'SYSTEMD',
        blocks: [
          ...text(
            'virtmaild tells systemd when it serves (Type=notify), and takes the sockets of a socket unit in place of its own:',
          ),
          {
            type: 'code',
            lines: [
              '[Socket]',
              'ListenStream=/run/virtfs/lmtp.sock',
              'SocketGroup=postfix',
              'SocketMode=0660',
            ],
          },
        ],
      },
      {
        title: 'LOG',
        blocks: [
          ...text(
            'One line for each mailbox of each recipient of a message, facility mail, with the number the client was told:',
          ),
          {
            type: 'code',
            lines: [
              'virtmaild[814]: MWSW899Y0002: to=<bob@foo.bar.com>, from=<a@example.org>,',
              '  for=bob@foo.bar.com, size=300, time=0.008, client=uid 101 pid 977, delivered (Maildir/new/…)',
            ],
          },
          ...text(
            'In place of delivered there may be refused or later, with status and reason. What is refused at RCPT, and who is not served, has lines of its own.',
          ),
        ],
      },
      {
        title: 'ENVIRONMENT',
        blocks: [
          terms(
            ['VIRTFS_ROOT', 'The folder that holds the trees, where --root is not given.'],
            ['VIRTFS_CONFIG_DIR', 'The folder of the settings, in place of /etc/virtfs.'],
            ['LISTEN_FDS, LISTEN_PID', 'Sockets handed over by systemd: sd_listen_fds(3).'],
          ),
        ],
      },
      {
        title: 'FILES',
        blocks: [
          terms(
            ['/etc/virtfs/virtmaild.toml', 'The settings.'],
            ['/run/virtfs/lmtp.sock', 'Where it waits when nothing else is said.'],
            [
              '/virtual/DOMAIN/etc/passwd, /virtual/DOMAIN/etc/aliases',
              'The accounts and aliases of a domain.',
            ],
            ['~/Maildir, ~/.forward', 'In the tree: where the mail of a user goes, and where else.'],
          ),
        ],
      },
      exitStatusSection(neverEndsWith),
      errorsSection(neverEndsWith, { without: others, json: false }),
      {
        title: 'LIMITS',
        blocks: text(
          'virtmaild is for the mail server of this host, not for the network: it has neither TLS nor passwords, and takes every sender the mail server has let in.',
          'Headers and bodies are not looked into but for Delivered-To: what is spam is for the mail server to say.',
        ),
      },
      {
        title: 'EXAMPLES',
        blocks: examples.flatMap(([command, what]) => [
          ...text(`${capitalize(what)}:`),
          { type: 'code', lines: [command] } as const,
        ]),
      },
    ],
    seeAlso: [
      'virtfs(8)',
      'virtmailfilter(8)',
      'virtfs.toml(5)',
      'maildir(5)',
      'postfix(1)',
      'exim(8)',
      'sendmail(8)',
    ],
  };
}
