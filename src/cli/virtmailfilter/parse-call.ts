import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { parseQmailLine, whyNotPath } from '../../mail/parse-qmail-lines.ts';
import type { CommandSpec, OptionSpecs, OptionValues } from '../command.ts';
import { badUsage, parseCommandLine } from '../command-line.ts';
import { type virtmailfilterOptions, virtmailfilterSpec } from './virtmailfilter-spec.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type MailfilterCall =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | {
      readonly type: 'deliver';
      readonly sender: string;
      readonly recipient: string;
      /** What Delivered-To says, where it is not the recipient. */
      readonly deliveredTo: string | undefined;
      readonly quoteFrom: boolean;
      readonly root: string | undefined;
      readonly socket: string | undefined;
    };

/** Throws BAD_USAGE. What the recipient is worth is decided later; nothing that is wrong with it is a fault of the call. */
export function parseCall(words: readonly string[], env: Environment): MailfilterCall {
  const spec = virtmailfilterSpec;
  const { values } = parseOwnWords<typeof virtmailfilterOptions>(spec, words);
  if (values.help) return { type: 'help' };
  if (values.version) return { type: 'version' };
  requireDialect(spec, values['exit-codes']);
  if (values.socket !== undefined && !values.socket.startsWith('/'))
    throw badUsage(spec.name, spec, '--socket needs an absolute path');
  return {
    type: 'deliver',
    sender: findSender(values.sender, env),
    recipient: findRecipient(values.recipient, env),
    deliveredTo: values.recipient === undefined ? findDeliveredTo(env) : undefined,
    quoteFrom: values['quote-from'] ?? false,
    root: values.root,
    socket: values.socket,
  };
}

const helpOption = { help: { type: 'boolean', short: 'h', help: 'show this' } } as const;

/** The words of a program that is a command itself. Throws BAD_USAGE. */
export function parseOwnWords<S extends OptionSpecs>(
  spec: Omit<CommandSpec, 'load'>,
  words: readonly string[],
): { readonly operands: readonly string[]; readonly values: OptionValues<S & typeof helpOption> } {
  const load = () => Promise.reject(new Error(`${spec.name} is no command of virtfs`));
  const { operands, values } = parseCommandLine(
    spec.name,
    { ...spec, options: { ...spec.options, ...helpOption }, load },
    words,
  );
  return { operands, values: values as OptionValues<S & typeof helpOption> };
}

/** Throws BAD_USAGE for a kind there is not. */
export function requireDialect(spec: Pick<CommandSpec, 'name' | 'operands'>, word: string | undefined): void {
  if (word === undefined || word === 'qmail' || word === 'sysexits') return;
  throw badUsage(
    spec.name,
    spec,
    `--exit-codes is qmail or sysexits, not '${escapeLines(word).slice(0, 80)}'`,
  );
}

/** The sender that a word, or qmail-local, says. Throws BAD_USAGE where nobody does, and for what cannot be one. */
export function findSender(word: string | undefined, env: Environment): string {
  const { RPLINE, SENDER } = env;
  const said = word ?? (RPLINE === undefined ? SENDER : parseQmailLine('RPLINE', RPLINE));
  if (said === undefined) throw missing('who sent the message', 'RPLINE is not set', '--sender=ADDRESS');
  // What Postfix and some others write for it.
  const sender = said === '<>' ? '' : said.replace(/^<(.*)>$/u, '$1');
  const wrong = whyNotPath(sender);
  if (wrong !== undefined) throw missing('who sent the message', wrong, '--sender=ADDRESS');
  // How qmail marks what bounces twice; to others it is no address.
  return sender === '#@[]' ? '' : sender;
}

/** What DTLINE says, for the loops qmail looks for; undefined where it is not set. Throws BAD_USAGE. */
export function findDeliveredTo({ DTLINE }: Environment): string | undefined {
  return DTLINE === undefined ? undefined : parseQmailLine('DTLINE', DTLINE);
}

function findRecipient(word: string | undefined, { EXT, HOST }: Environment): string {
  if (word !== undefined) return word.replace(/^<(.*)>$/u, '$1');
  if (EXT === undefined || HOST === undefined)
    throw missing(
      'who the message is for',
      `${EXT === undefined ? 'EXT' : 'HOST'} is not set`,
      '--recipient=ADDRESS',
    );
  return `${EXT}@${HOST}`;
}

function missing(what: string, why: string, option: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: `cannot tell ${what}`,
    why,
    mend: `let a mail server call it, qmail-local from a .qmail file, or any by ${option}; see: virtfs mail config --help`,
  });
}
