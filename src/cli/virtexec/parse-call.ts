import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';

/** What a command line of virtexec asks for. */
export type VirtexecCall =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'links'; readonly dir: string | undefined }
  | {
      readonly type: 'run';
      readonly domain: string | undefined;
      readonly root: string | undefined;
      readonly user: string | undefined;
      readonly yes: boolean;
      /** The index of the word that is PROGRAM. */
      readonly programAt: number;
    };

const takingValue = ['--domain', '--root', '--user'] as const;
const switches = ['--yes', '--links', '--help', '-h', '--version', '-V'] as const;

/**
 * Reads virtexec's own options, which end at the first word that is none, or behind `--`. Not a word behind that is
 * looked at. Of an option given twice the last counts. Throws BAD_USAGE.
 */
export function parseCall(words: readonly string[]): VirtexecCall {
  const values = new Map<string, string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    if (word === '--') {
      at++;
      break;
    }
    const option = parseOption(word, words[at + 1]);
    values.set(option.name, option.value);
    at += option.words - 1;
  }
  return decideCall(values, words, at);
}

interface FoundOption {
  readonly name: string;
  readonly value: string;
  /** How many words it took. */
  readonly words: 1 | 2;
}

function parseOption(word: string, next: string | undefined): FoundOption {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  if (takingValue.some((each) => each === name)) {
    if (equals !== -1) return { name, value: requireValue(name, word.slice(equals + 1)), words: 1 };
    return { name, value: requireValue(name, next), words: 2 };
  }
  if (!switches.some((each) => each === name)) {
    throw badUsage(
      `there is no option ${escapeLines(name).slice(0, 80)}; options of the program come after its name`,
    );
  }
  if (equals !== -1) throw badUsage(`${name} takes no value`);
  return { name, value: '', words: 1 };
}

function requireValue(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '' && !value.startsWith('-')) return value;
  throw badUsage(`${name} needs a value`);
}

function decideCall(values: ReadonlyMap<string, string>, words: readonly string[], at: number): VirtexecCall {
  if (values.has('--help') || values.has('-h') || words.length === 0) return { type: 'help' };
  if (values.has('--version') || values.has('-V')) return { type: 'version' };
  if (values.has('--links')) {
    if (words.length > at + 1) throw badUsage('--links takes one folder at most');
    return { type: 'links', dir: words[at] };
  }
  if (at >= words.length) throw badUsage('it needs the PROGRAM to run');
  return {
    type: 'run',
    domain: values.get('--domain'),
    root: values.get('--root'),
    user: values.get('--user'),
    yes: values.has('--yes'),
    programAt: at,
  };
}

function badUsage(why: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: 'cannot read the command line of virtexec',
    why,
    mend: 'usage: virtexec [--domain DOMAIN] [--root DIR] [--user USER] [--yes] PROGRAM [ARG…]; more: virtexec --help',
  });
}
