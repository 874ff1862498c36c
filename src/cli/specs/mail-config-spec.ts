import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  install: { type: 'boolean', help: "lay the files that are virtfs's own, and print what is left to do" },
  etc: {
    type: 'string',
    value: 'DIR',
    help: "the folder of the server's configuration (else /var/qmail, /etc/postfix, /etc/exim4, /etc/mail)",
    complete: 'directory',
  },
  root: rootOption,
  'dry-run': { type: 'boolean', short: 'n', help: 'say what --install would do, change nothing' },
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
} as const satisfies OptionSpecs;

export type MailConfigCall = CommandCall<typeof options>;

export const mailConfigSpec = defineCommand({
  name: 'mail config',
  summary: 'print what a mail server needs to bring the mail of all domains',
  operands: 'qmail|postfix|exim|sendmail',
  takes: [1, 1],
  completeOperand: ['qmail', 'postfix', 'exim', 'sendmail'],
  options,
  description: [
    'Prints the files and the settings with which the server hands mail for every domain, and every alias of one, to virtmaild at its socket; qmail calls virtmailfilter for each message.',
    'With --install the files that hold nothing of anybody else are laid: lists of domains, a router, a transport. One that virtfs laid before is renewed; one of anybody else is left alone, and is an error. What belongs into files of yours is only ever printed, as commands or lines. Run it again when domains come or go.',
    'A template in /etc/virtfs/mail/SERVER/NAME.eta stands in place of the one that virtfs brings.',
  ],
  examples: [
    ['virtfs mail config postfix', 'look at it'],
    ['virtfs mail config postfix --install | less', 'lay the list of domains, read the rest'],
    ['virtfs mail config exim --etc /srv/image/etc/exim4 --install', 'for an image of another machine'],
  ],
  load: async () => (await import('../commands/mail-config.ts')).runMailConfig,
});
