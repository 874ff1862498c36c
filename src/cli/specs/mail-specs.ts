import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const setOptions = {
  'catch-all': {
    type: 'string',
    value: 'WHO',
    help: 'the user, alias or address that gets what is for nobody',
    complete: 'none',
  },
  'no-catch-all': { type: 'boolean', help: 'refuse what is for nobody' },
  refuse: {
    type: 'string',
    value: 'NAME',
    help: 'refuse mail for this name; may be given several times',
    multiple: true,
    complete: 'none',
  },
  accept: {
    type: 'string',
    value: 'NAME',
    help: 'take mail for a name that was refused; may be given several times',
    multiple: true,
    complete: 'none',
  },
  quota: {
    type: 'string',
    value: 'SIZE',
    help: "the most that one user's mailbox may hold: 500MB, 2GB, 1GiB",
    complete: 'none',
  },
  messages: {
    type: 'string',
    value: 'NUMBER',
    help: "the most messages one user's mailbox may hold",
    complete: 'none',
  },
  over: {
    type: 'string',
    value: 'HOW',
    help: 'what becomes of a message that does not fit: hard sends it back, soft (the default) lets the sender try again',
    complete: ['hard', 'soft'],
  },
  'no-quota': { type: 'boolean', help: 'take away both limits' },
  detail: {
    type: 'boolean',
    help: 'deliver bob+list to bob: into the folder list of his mailbox, where there is one',
  },
  'no-detail': { type: 'boolean', help: 'take bob+list for a name of its own' },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
} as const satisfies OptionSpecs;

const lookOptions = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

export type MailSetCall = CommandCall<typeof setOptions>;
export type MailShowCall = CommandCall<typeof lookOptions>;
export type MailExplainCall = CommandCall<typeof lookOptions>;

export const mailSetSpec = defineCommand({
  name: 'mail set',
  summary: "change how a domain's mail is delivered",
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'domain',
  options: setOptions,
  description: [
    "Writes into the domain's record; the next message is delivered by it, no program has to be told. What is not named stays as it is.",
    'The catch-all gets mail for names that are nobody: neither an alias, nor a user, whatever became of his home. Refused names are refused to the outside; an alias of the domain may still lead to one.',
    "Aliases are lines of the tree's own etc/aliases, forwards those of .forward in a user's home: names and addresses alone. Programs, files and lists in files do not count.",
  ],
  examples: [
    ['virtfs mail set example.org --catch-all bob', 'what is for nobody is for bob'],
    [
      'virtfs mail set example.org --detail --quota 2GB',
      'bob+list@example.org is for bob; 2 GB for each user',
    ],
    ['virtfs mail set example.org --refuse sales --refuse info', 'sent back'],
  ],
  load: async () => (await import('../commands/mail-set.ts')).runMailSet,
});

export const mailShowSpec = defineCommand({
  name: 'mail show',
  summary: "show how a domain's mail is delivered",
  operands: 'DOMAIN',
  takes: [1, 1],
  completeOperand: 'domain',
  options: lookOptions,
  description: ["Shows what virtfs mail set wrote, and the aliases of the tree's etc/aliases."],
  examples: [['virtfs mail show example.org', 'settings and aliases']],
  load: async () => (await import('../commands/mail-show.ts')).runMailShow,
});

export const mailExplainSpec = defineCommand({
  name: 'mail explain',
  summary: 'say where the mail for an address goes, and why',
  operands: 'ADDRESS',
  takes: [1, 1],
  completeOperand: 'none',
  options: lookOptions,
  description: [
    'Prints every step of the decision that virtmaild and virtmailfilter make: the domain, refused names, aliases, the user, the folder, the catch-all, forwards, the quota. Nothing is delivered: virtfs mail test does that.',
    'Exit status 0 where the message would be taken, 1 where it would be refused or had to be tried again.',
  ],
  examples: [['virtfs mail explain bob+list@example.org', 'each step, and the mailbox']],
  load: async () => (await import('../commands/mail-explain.ts')).runMailExplain,
});
