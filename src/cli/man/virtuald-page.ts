import type { ErrorCode } from '../../errors/error-codes.ts';
import { exitStatus } from '../../errors/error-codes.ts';
import { sysexit } from '../../errors/sysexits.ts';
import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { virtualdSynopsis } from '../virtuald/describe-virtuald-help.ts';
import { capitalize, type ManBlock, type ManPage, terms, text } from './man-page.ts';
import { errorsSection, exitStatusSection } from './status-sections.ts';

const neverEndsWith = [sysexit.findings, sysexit.cantCreat, sysexit.tempFail];

/** What virtuald ends with, beside a bug. */
const errors: readonly ErrorCode[] = [
  'BAD_ADDRESS',
  'BAD_CONF',
  'BAD_CONFIG',
  'BAD_DOMAIN_NAME',
  'BAD_RECORD',
  'BAD_USAGE',
  'BAD_USER_FIELD',
  'CLIENT_DENIED',
  'CLIENT_GONE',
  'DOMAIN_MISSING',
  'IO_ERROR',
  'ISOLATION_FAILED',
  'NEEDS_ROOT',
  'NOT_RUNNING',
  'NO_TREE',
  'PATH_IS_SYMLINK',
  'PATH_MISSING',
  'PROGRAM_NOT_FOUND',
  'PROGRAM_NOT_RUNNABLE',
  'ROOT_UNSAFE',
  'TREE_UNSAFE',
  'UNKNOWN_USER',
  'USER_FORBIDDEN',
];

const others = (Object.keys(exitStatus) as ErrorCode[]).filter((code) => !errors.includes(code));

const conf: readonly ManBlock[] = [
  ...text(
    'A line is ADDRESS DIRECTORY, with blanks or tabs between. A word that begins with # makes the rest of the line a comment; empty lines say nothing. ADDRESS is IPv4 or IPv6; a client that reaches an IPv6 socket over IPv4 comes to the IPv4 address. DIRECTORY is a tree directly below a root of trees, or an alias link there.',
  ),
  {
    type: 'code',
    lines: [
      '10.10.10.129   /virtual/foo.bar.com',
      '2001:db8::130  /virtual/bar.foo.com',
      'default        /virtual/boo.la.com',
    ],
  },
  ...text(
    'The first line of an address gets its connections. Each further one, and a line with the word sni for an address, names a tree that TLS clients reach by its name: sni in virtuald.toml(5). virtfs service and virtfs address keep these files in step with the domains; what else stands in them stays.',
    'The word default counts for connections that no line has an address for, wherever it stands. Without it they are closed. While a line cannot be read, no connection goes to default, since the line might be its own: those with a line of their own are served, others are closed, and the log has the line. The file must belong to root, and nobody else may write it.',
  ),
];

const callers: readonly ManBlock[] = [
  ...text(
    'inetd: one line, in /etc/inetd.conf. Root, for only root may enter a tree; the service gets another user by --user.',
  ),
  {
    type: 'code',
    lines: [
      'ftp    stream tcp nowait root /usr/local/sbin/virtuald virtuald /virtual/conf.ftp vsftpd',
      'pop-3  stream tcp nowait root /usr/local/sbin/virtuald virtuald /virtual/conf.pop popa3d',
    ],
  },
  ...text(
    'openbsd-inetd listens on IPv6 too for each line that says tcp: tcp4 is IPv4 alone. It splits a line at blanks whatever the quotes, and starts 256 services a minute at most: nowait.1000 raises that.',
    'inetd, lasting: with wait in place of nowait inetd hands over the listening socket, and one virtuald serves all connections from then on.',
    'xinetd:',
  ),
  {
    type: 'code',
    lines: [
      'service ftp',
      '{',
      '  socket_type = stream',
      '  wait        = no',
      '  user        = root',
      '  server      = /usr/local/sbin/virtuald',
      '  server_args = /virtual/conf.ftp vsftpd',
      '}',
    ],
  },
  ...text('tcpserver:'),
  {
    type: 'code',
    lines: ['tcpserver -u 0 -g 0 -H -R 0 pop3 /usr/local/sbin/virtuald /virtual/conf.pop popa3d'],
  },
  ...text(
    'systemd, one connection each: ftp.socket with Accept=yes and ListenStream=21, and in ftp@.service:',
  ),
  {
    type: 'code',
    lines: [
      '[Service]',
      'ExecStart=-/usr/local/sbin/virtuald /virtual/conf.ftp vsftpd',
      'StandardInput=socket',
      'StandardError=journal',
    ],
  },
  ...text(
    'systemd, lasting: the socket says Accept=no, and the service ExecStart=/usr/local/sbin/virtuald /virtual/conf.ftp vsftpd, or --config, where FileDescriptorName= of each socket is the name of its service.',
  ),
  ...text('By itself:'),
  { type: 'code', lines: ['virtuald --listen ftp --max 50 --max-per-source 5 /virtual/conf.ftp vsftpd'] },
];

const oneConnection = text(
  'virtuald reads the local address of standard input, finds its tree, and goes through these steps: all descriptors above 2 are closed; it becomes the leader of a session of its own, so that a service which signals its process group reaches nobody else; standard error becomes a pipe to logger(1) of the host, which is started for it (tag virtuald[PID], priority daemon.err); then the tree is entered as virtexec(8) says under ISOLATION, and PROGRAM takes the place of virtuald, with the same process number.',
  'Of the policy --user, --nice, --limit, --no-new-privileges, --capability, --allow, --deny, --refusal and --verbose can be had. The others count connections, or look at what comes before them, and need a virtuald that lasts.',
  'A client that is not served sees its connection closed, after the text of --refusal if there is one. Nothing else is ever said to it.',
  'With tcpd(8) as PROGRAM, the words behind it are the service as it is to be called: virtuald CONF tcpd wu.ftpd -l runs tcpd of the tree under the name wu.ftpd, and that runs wu.ftpd if hosts.allow and hosts.deny of the tree let the client in.',
);

const lasting = text(
  'It listens itself, or on sockets that were handed over, and starts a service for each connection with one clone and one exec; what is the same for all connections of a domain, mounts with the tree as their root, host name and IPC, is made once, before it is needed where there is time. Services are its children, in process groups of their own.',
  'The files of addresses are looked at every second, and read again as a whole when they have changed; with a mistake in one, what was read before holds, and the log has file, line and mistake. HUP reads virtuald.toml(5) and all files again: sockets that are not named any more are closed, new ones opened, and no connection is touched. A tree that was removed is missed by its next connection, and found again when it is back.',
  'TERM: nothing is accepted any more; what runs may go on for as long as grace says, is told to end then (TERM), and is ended 5 seconds later. A second TERM ends it at once. systemd is told of all this where it asks (sd_notify(3)).',
  'idle counts from the last byte that either end sent on the connection, as the kernel has it; a service that closed the descriptors it was given is never idle. total counts from its start.',
  '--status asks it over its status socket, which answers root alone: GET /status, in JSON, and GET /metrics, for Prometheus.',
  'It takes five to seven descriptors for each domain, and one for each connection: for thousands of domains raise LimitNOFILE= of the unit. Services get a soft limit of 1024.',
);

const log = text(
  'What goes wrong goes to the log of the host, facility daemon, as virtuald[PID], with the service, the client and the address it came to; and to standard error, where that is not the client. With --verbose, or verbose in virtuald.toml(5), there are three more lines: starting, when a connection came; incoming ip, with the address it came to and the client; chroot dir, with the tree. The last is sent from inside, through dev/log of the tree: when it appears, programs inside can reach the log; when nobody takes it, a warning says so.',
);

const environment = terms(
  [
    'PATH',
    "The caller's, as far as its folders begin with a slash; else /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin. PROGRAM is looked up there, inside the tree.",
  ],
  ['HOME, USER, LOGNAME', "As the tree's etc/passwd has them."],
  ['VIRTFS_DOMAIN', 'The name of the domain.'],
  [
    'PROTO, TCPLOCALIP, TCPLOCALPORT, TCPREMOTEIP, TCPREMOTEPORT, REMOTE_HOST',
    'TCP, both ends of the connection, and the address of the client again.',
  ],
  ['LANG, TZ', "virtuald's own, where they are plain names."],
  [
    'Other TCP… variables',
    'From a caller such as tcpserver, where they are about this client: TCPREMOTEHOST, TCPREMOTEINFO.',
  ],
);

/** virtuald(8), from its table. */
export function describeVirtualdPage({ summary, description, options, examples }: Described): ManPage {
  return {
    name: 'virtuald',
    section: 8,
    summary,
    synopsis: virtualdSynopsis,
    sections: [
      { title: 'DESCRIPTION', blocks: text(...description) },
      {
        title: 'OPTIONS',
        blocks: [
          ...text('Options end at CONF, the first word that is none.'),
          terms(
            ...optionTerms(options).map(([term, help]) => [term.trim(), `${capitalize(help)}.`] as const),
          ),
        ],
      },
      { title: 'CONF', blocks: conf },
      { title: 'ONE CONNECTION', blocks: oneConnection },
      { title: 'A VIRTUALD THAT LASTS', blocks: lasting },
      { title: 'CALLERS', blocks: callers },
      { title: 'LOG', blocks: log },
      {
        title: 'ENVIRONMENT',
        blocks: [
          ...text('virtuald looks at:'),
          terms(
            ['VIRTFS_ROOT', 'The folder that holds the trees, where --root is not given.'],
            ['VIRTFS_CONFIG_DIR', 'The folder of the settings, in place of /etc/virtfs.'],
            ['LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES', 'Sockets handed over by systemd: sd_listen_fds(3).'],
          ),
          ...text('A service gets these and nothing else:'),
          environment,
        ],
      },
      {
        title: 'FILES',
        blocks: [
          terms(
            ['/virtual/conf.SERVICE', 'Addresses and trees of a service.'],
            [
              '/virtual/DOMAIN',
              'The tree of a domain. It and the folder above must belong to root, and nobody else may write there.',
            ],
            ['/etc/virtfs/virtuald.toml', 'The services of --config: virtuald.toml(5).'],
            ['/run/virtfs/virtuald.sock', 'Where a virtuald that lasts is asked by --status.'],
          ),
        ],
      },
      {
        title: 'EXIT STATUS',
        blocks: [
          ...text(
            'For one connection, once PROGRAM runs, its status is the status. inetd does not look at it. What comes before ends with one of these:',
          ),
          ...exitStatusSection(neverEndsWith).blocks,
          ...text('virtuald --check ends with 0 when nothing is wrong, else with 65.'),
        ],
      },
      errorsSection(neverEndsWith, { without: others, json: false }),
      {
        title: 'LIMITS',
        blocks: text(
          'Domains are told apart by address, or by the name a TLS client asks for; FTP, POP and SMTP without TLS on one shared address cannot be told apart by anybody.',
          'One connection costs a start of Node.js, some tens of milliseconds: busy services want the lasting form. Web servers have virtual hosting of their own, and are better used without virtuald.',
          'Services over TCP only. Clock, network and processor time are those of the host.',
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
      'virtuald.toml(5)',
      'virtfs(8)',
      'virtexec(8)',
      'inetd(8)',
      'xinetd(8)',
      'tcpserver(1)',
      'tcpd(8)',
      'hosts_access(5)',
      'logger(1)',
    ],
  };
}
