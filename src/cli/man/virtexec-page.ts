import type { ErrorCode } from '../../errors/error-codes.ts';
import { sysexit } from '../../errors/sysexits.ts';
import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { capitalize, type ManPage, terms, text } from './man-page.ts';
import { errorsSection, exitStatusSection } from './status-sections.ts';

const neverEndsWith = [sysexit.ok, sysexit.findings, sysexit.unavailable, sysexit.tempFail];

/** What only making a tree, or a command of virtfs, ends with. */
const errorsOfVirtfs: readonly ErrorCode[] = [
  'ADDRESS_MISSING',
  'ADDRESS_TAKEN',
  'BAD_ADDRESS',
  'BAD_CONF',
  'BAD_ELF',
  'BAD_PROFILE',
  'BAD_USER_NAME',
  'CLIENT_DENIED',
  'COMMAND_MISSING',
  'DOMAIN_EXISTS',
  'LIBRARY_MISSING',
  'LINK_METHOD_IMPOSSIBLE',
  'PACKAGE_MISSING',
  'PATH_NOT_IN_TREE',
  'UIDS_EXHAUSTED',
  'UNKNOWN_COMMAND',
  'UNKNOWN_PROFILE',
];

const environment = terms(
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, where PROGRAM is looked up too.'],
  ['HOME, USER, LOGNAME, SHELL', "As the tree's etc/passwd has them."],
  ['VIRTFS_DOMAIN', 'The name of the domain, also when it was called by an alias.'],
  ['TERM, LANG, LC_*', "The caller's, where they are plain names: up to 64 letters, digits and . _ @ + -"],
);

const isolation = text(
  'Before PROGRAM starts, these steps are taken, in this order. When one fails, nothing runs: the message names the step and why it failed, and the status is 71.',
  '1. It gets mounts, a host name and System V IPC of its own; nothing it could mount would show on the host. The host name is the domain. Until PROGRAM starts, nothing in another tree can trace it. Standard input, output or error that is a directory is refused: it would be a way out.',
  "2. The tree is opened folder by folder, through no symbolic link. The top of a tree and the folder that holds the trees must be root's, and nobody else may be able to write there.",
  '3. A mount is made of the tree. Where the tree has proc and dev/pts, its own are mounted there: a read-only /proc that shows only the processes it may trace, and terminals of which none is of the host.',
  '4. Where files are shared with other trees by hard links, and in a tree that virtfs did not make, /usr and /opt become read-only, and /bin, /sbin and /lib* where they are folders. /usr/local, /usr/tmp and /usr/spool stay writable where the tree has them. Trees made with --link reflink or copy stay writable whole.',
  '5. The mount becomes the root directory; the old one is taken away, and it is made sure that / is the tree.',
  '6. Landlock shuts it off from other processes: see KERNEL.',
  "7. A seccomp filter refuses what reaches out of a tree: typing into the caller's terminal (TIOCSTI, TIOCLINUX), the kernel's keyrings, files by handle, mounts, joining a namespace, making a user namespace, the limits of other processes, bpf, perf, userfaultfd, io_uring, kernel modules, kexec, the kernel's log, and system calls of another machine.",
  '8. No program that starts from here on, set-user-id ones included, can have other capabilities(7) than CAP_CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, NET_BIND_SERVICE and AUDIT_WRITE.',
  '9. User and groups are changed; root keeps the capabilities of step 8, any other user none.',
  '10. Limits of open files are as the caller had them. Descriptors above 2 are closed. Every signal does what it does by default, and none is blocked.',
  'What it shares with the host: the network, the clock, and the time and memory of the machine. Whoever is root in a tree can listen on any port below 1024 that is free.',
);

const kernel = terms(
  ['Linux 5.12', 'Is needed.'],
  [
    'Landlock 2, Linux 5.19',
    'From here on a program cannot trace processes that its own call of virtexec did not start, and /proc does not show them. Before, root of one tree can see and trace what runs as root in another by virtexec.',
  ],
  [
    'Landlock 6, Linux 6.12',
    'From here on signals and abstract unix sockets, too, reach only what the same call of virtexec started. Before, kill(-1) is refused, and any other signal reaches the processes of the same user, or for root all whose numbers it guesses.',
  ],
);

/** virtexec(8), from its table. */
export function describeVirtexecPage({ summary, description, options, examples }: Described): ManPage {
  return {
    name: 'virtexec',
    section: 8,
    summary,
    synopsis: [
      'virtexec [--domain DOMAIN] [--root DIR] [--user USER] [--yes] PROGRAM [ARG…]',
      'virtPROGRAM [ARG…]',
      'virtexec --links [DIR]',
    ],
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
      { title: 'ISOLATION', blocks: isolation },
      { title: 'KERNEL', blocks: [kernel] },
      {
        title: 'ENVIRONMENT',
        blocks: [
          ...text('virtexec looks at:'),
          terms(
            ['VIRTFS_DOMAIN', 'The domain, where --domain is not given.'],
            ['VIRTFS_ROOT', 'The folder that holds the trees, where --root is not given.'],
            ['VIRTFS_CONFIG_DIR', 'The folder of the settings, in place of /etc/virtfs.'],
          ),
          ...text('PROGRAM gets these and nothing else:'),
          environment,
        ],
      },
      {
        title: 'FILES',
        blocks: [
          terms(
            ['/virtual/DOMAIN', 'The tree of a domain.'],
            ['/etc/virtfs/virtfs.toml', 'Settings: virtfs.toml(5).'],
          ),
        ],
      },
      {
        title: 'EXIT STATUS',
        blocks: [
          ...text(
            'Once PROGRAM runs, its status is the status, and a signal that ends it ends virtexec: a shell shows 128 and the number of the signal. What comes before ends with one of these:',
          ),
          ...exitStatusSection(neverEndsWith).blocks,
          ...text('virtexec --help, --version and --links end with 0 when all went well.'),
        ],
      },
      errorsSection(neverEndsWith, { without: errorsOfVirtfs, json: false }),
      {
        title: 'NOTES',
        blocks: text(
          'nohup virtexec PROGRAM does not keep PROGRAM alive when the terminal goes, for signals are set back to their defaults. virtexec nohup PROGRAM does, where the tree has nohup.',
          'Without --domain, a tree of one domain only is still asked for, unless --yes is given: a program is never run in a tree by mistake.',
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
    seeAlso: ['virtfs(8)', 'virtfs.toml(5)', 'capabilities(7)', 'landlock(7)', 'chroot(2)', 'unshare(2)'],
  };
}
