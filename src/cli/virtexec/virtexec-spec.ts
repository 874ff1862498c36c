import type { CommandSpec } from '../command.ts';

/** What help, man page and completion say of virtexec. It reads its own words (`parseCall`): most belong to the program. */
export const virtexecSpec = {
  name: 'virtexec',
  summary: "run a program inside a domain's tree",
  operands: 'PROGRAM [ARG…]',
  takes: [0, Number.POSITIVE_INFINITY],
  options: {
    domain: {
      type: 'string',
      value: 'DOMAIN',
      help: 'the domain, or an alias of it (else VIRTFS_DOMAIN, else it asks)',
      complete: 'domain',
    },
    root: {
      type: 'string',
      value: 'DIR',
      help: 'the folder that holds the trees (else VIRTFS_ROOT, else virtfs.toml, else /virtual)',
      complete: 'directory',
    },
    user: {
      type: 'string',
      value: 'USER',
      help: "run as this user of the tree's own passwd, a name or number, instead of root",
    },
    yes: { type: 'boolean', help: 'take the only domain there is without asking' },
    links: {
      type: 'boolean',
      help: 'make the links virtpasswd, virtvi, virtpico, virtemacs, virtmailq and virtnewuser in DIR, or beside virtexec itself',
    },
    version: { type: 'boolean', short: 'V', help: 'show the version' },
  },
  description: [
    'Without --domain it asks which domain, on the terminal itself, so that standard input and output stay free for pipes. Options end at the first word that is none: everything from PROGRAM on goes to the program untouched, and its exit status and signals come back. PROGRAM is looked up inside the tree, in /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin and /bin.',
    "Called through a link named virt and a program, it is that program: virtvi is virtexec vi. Every word is then the program's; VIRTFS_DOMAIN and VIRTFS_ROOT choose domain and root, as they do wherever the options are not given. virtpasswd is thus the tree's own passwd, with the rules of its PAM. virtnewuser is the tree's own newuser where it has one; else it is virtfs user add for the domain, with the words behind it, and no program of the tree runs.",
    "The program gets a clean environment: PATH, HOME, USER, LOGNAME, SHELL as the tree's passwd has them, VIRTFS_DOMAIN, and from the caller TERM, LANG and LC_*. It finds the tree as its root directory, the domain as host name, mounts, IPC and /proc of its own, no open file but standard input, output and error, and no way to type into your terminal, mount, make devices, or meet processes it did not start. Where files are shared with other trees by hard links, /usr and /opt are read-only, but for /usr/local, /usr/tmp and /usr/spool. The network is the host's. virtexec(8) has each step and what it asks of the kernel.",
    "If any part of this cannot be had, nothing runs and the status is 71. The status is 127 when the tree has no such program, 126 when it has and cannot run it, 64 for words it cannot read; else it is the program's.",
  ],
  examples: [
    ['virtexec passwd bob', 'set a password in a domain you choose from a list'],
    ['virtexec --domain foo.bar.com ls -l /home', 'no questions, fit for scripts'],
    ['virtexec --domain foo.bar.com --user bob sh', "a shell as the domain's own bob"],
    ['virtexec --links /usr/local/sbin', 'the links of the HOWTO; after it, virtvi /etc/aliases works'],
  ],
} as const satisfies Omit<CommandSpec, 'load'>;
