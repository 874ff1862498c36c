import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  sender: {
    type: 'string',
    value: 'ADDRESS',
    help: 'who it is to come from (else nobody, as a bounce)',
    complete: 'none',
  },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
} as const satisfies OptionSpecs;

export type MailTestCall = CommandCall<typeof options>;

export const mailTestSpec = defineCommand({
  name: 'mail test',
  summary: 'deliver one test message, and say where it is',
  operands: 'ADDRESS',
  takes: [1, 1],
  completeOperand: 'none',
  options,
  description: [
    'Decides where mail for ADDRESS goes, and delivers a short message there, exactly as virtmailfilter and virtmaild do. The path of each file is printed, as the host sees it. What goes to other hosts is handed to sendmail.',
    'It tests all that comes behind the mail server: domain, user, aliases, forwards, quota, Maildir. virtfs mail explain shows the steps of the decision and delivers nothing.',
  ],
  examples: [
    ['virtfs mail test bob@example.org', 'a message from nobody'],
    ['virtfs mail test bob+lists@example.org --sender root@example.org', 'with a sender, to a folder'],
  ],
  load: async () => (await import('../commands/mail-test.ts')).runMailTest,
});
