import type { CommandSpec } from '../command.ts';

/** What help, man page, completion and the reader of words know of virtmaild. */
export const virtmaildSpec = {
  name: 'virtmaild',
  summary: "deliver mail into the mailboxes of domains' trees",
  operands: '',
  takes: [0, 0],
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      help: 'the settings, in place of /etc/virtfs/virtmaild.toml, which need not be there',
      complete: 'file',
    },
    root: {
      type: 'string',
      value: 'DIR',
      help: 'the folder that holds the trees (else VIRTFS_ROOT, else those of virtfs.toml, else /virtual)',
      complete: 'directory',
    },
    listen: {
      type: 'string',
      value: 'unix:PATH|ADDR:PORT',
      multiple: true,
      help: 'where to wait for mail, in place of what the settings say (else unix:/run/virtfs/lmtp.sock)',
      complete: 'none',
    },
    check: { type: 'boolean', help: 'read the settings, say all that is wrong, and do nothing else' },
    verbose: { type: 'boolean', short: 'v', help: 'say on standard error what goes to the log' },
    version: { type: 'boolean', short: 'V', help: 'show the version' },
  },
  description: [
    "virtmaild takes mail from the mail server of this host by LMTP (RFC 2033), finds the tree of each recipient's domain and the account in that tree's own passwd, and delivers into its Maildir as that user. virtfs mail explain ADDRESS shows where mail for an address goes; virtfs mail config prints the lines for Postfix, Exim, sendmail or qmail.",
    'Recipients are checked at RCPT: mail for nobody is refused before it is sent. Each recipient gets an answer of its own. A message that is answered with 250 is whole on disk, under its name in new/; whatever else happens, it stays in the queue of the mail server, and is tried again.',
    'On a UNIX socket only root and the trusted-users of virtmaild.toml are served: list the user your mail server delivers as. On an address of the network every user of this host may deliver to everybody; addresses that other machines can reach are refused, unless allow-remote is set.',
    'TERM lets clients finish the message they are sending, and tells all others to come again; a second one ends at once. HUP reads the settings again.',
  ],
  examples: [
    ['virtmaild', 'deliver into /virtual what comes to /run/virtfs/lmtp.sock'],
    ['virtmaild --check', 'read the settings and say what is wrong, before a change goes live'],
    ['virtmaild --listen 127.0.0.1:24', 'wait on a port for a mail server that cannot use a socket'],
    ['swaks --protocol LMTP --socket /run/virtfs/lmtp.sock --to bob@foo.bar.com', 'send a message by hand'],
  ],
} as const satisfies Omit<CommandSpec, 'load'>;
