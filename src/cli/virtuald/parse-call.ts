import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';

/** A flag of the policy with its value; undefined where it takes none. */
export type PolicyWord = readonly [flag: string, value: string | undefined];

/** What a command line of virtuald asks for. */
export type VirtualdCall =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  /** Without `config`, the file of the settings folder. */
  | { readonly type: 'config'; readonly config: string | undefined; readonly own: OwnOptions }
  | {
      readonly type: 'status';
      readonly form: 'text' | 'json' | 'metrics';
      readonly socket: string | undefined;
      readonly own: OwnOptions;
    }
  | {
      readonly type: 'check';
      readonly config: string | undefined;
      readonly conf: string | undefined;
      readonly own: OwnOptions;
    }
  | {
      readonly type: 'service';
      readonly conf: string;
      /** The index of the word that is PROGRAM. */
      readonly programAt: number;
      readonly own: OwnOptions;
      readonly policy: readonly PolicyWord[];
    };

export interface OwnOptions {
  readonly root: string | undefined;
  readonly name: string | undefined;
  readonly verbose: boolean;
}

/** What must be known of a flag of the policy to read it. */
export interface KnownFlag {
  readonly flag: string;
  readonly argument: string | undefined;
}

const takingValue = ['--root', '--name'] as const;
const switches = ['--status', '--json', '--metrics', '--check', '--help', '--version'] as const;
const shorts: Readonly<Record<string, string>> = { '-h': '--help', '-V': '--version', '-v': '--verbose' };

/**
 * Reads the options, which end at CONF, the first word that is none, or behind `--`. `flags` are those of the policy. Not
 * a word from CONF on is looked at. Throws BAD_USAGE.
 */
export function parseCall(words: readonly string[], flags: readonly KnownFlag[]): VirtualdCall {
  const found: FoundOption[] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    if (word === '--') {
      at++;
      break;
    }
    const option = parseOption(word, words[at + 1], flags);
    found.push(option);
    at += option.words - 1;
  }
  return decideCall(found, words, at);
}

interface FoundOption {
  /** With its dashes. */
  readonly name: string;
  readonly value: string | undefined;
  readonly ofPolicy: boolean;
  /** How many words it took. */
  readonly words: 1 | 2;
}

function parseOption(word: string, next: string | undefined, flags: readonly KnownFlag[]): FoundOption {
  const equals = word.indexOf('=');
  const typed = equals === -1 ? word : word.slice(0, equals);
  const inline = equals === -1 ? undefined : word.slice(equals + 1);
  const name = shorts[typed] ?? typed;
  if (name === '--config') return parseConfig(inline, next);
  if (switches.some((each) => each === name)) return parseSwitch(name, inline, false);
  if (takingValue.some((each) => each === name)) return parseValued(name, inline, next, false);
  const flag = flags.find((each) => `--${each.flag}` === name);
  if (flag === undefined) throw badUsage(`it has no option '${escapeLines(typed)}'`);
  return flag.argument === undefined
    ? parseSwitch(name, inline, true)
    : parseValued(name, inline, next, true);
}

function parseSwitch(name: string, inline: string | undefined, ofPolicy: boolean): FoundOption {
  if (inline !== undefined) throw badUsage(`${name} takes no value`);
  return { name, value: undefined, ofPolicy, words: 1 };
}

function parseValued(
  name: string,
  inline: string | undefined,
  next: string | undefined,
  ofPolicy: boolean,
): FoundOption {
  const value = inline ?? next;
  // A value may well begin with a dash, but one that is an option was left out: --user --verbose.
  if (value === undefined || (inline === undefined && value.startsWith('--')))
    throw badUsage(`${name} needs a value`);
  return { name, value, ofPolicy, words: inline === undefined ? 2 : 1 };
}

/** Its file may be left out. */
function parseConfig(inline: string | undefined, next: string | undefined): FoundOption {
  const name = '--config';
  if (inline === '') throw badUsage(`${name} needs a file behind its =`);
  if (inline !== undefined) return { name, value: inline, ofPolicy: false, words: 1 };
  const isFile = next !== undefined && next !== '' && !next.startsWith('-');
  return { name, value: isFile ? next : undefined, ofPolicy: false, words: isFile ? 2 : 1 };
}

function decideCall(found: readonly FoundOption[], words: readonly string[], at: number): VirtualdCall {
  const has = (name: string) => found.some((option) => option.name === name);
  const last = (name: string) => found.findLast((option) => option.name === name)?.value;
  if (words.length === 0 || has('--help')) return { type: 'help' };
  if (has('--version')) return { type: 'version' };
  const own: OwnOptions = { root: last('--root'), name: last('--name'), verbose: has('--verbose') };
  const policy = found
    .filter(({ ofPolicy }) => ofPolicy)
    .map(({ name, value }) => [name.slice(2), value] as const);
  const operands = words.slice(at);
  const modes = ['--status', '--check', '--config'].filter(has);
  requireOneForm(modes, has);
  const [mode] = modes;
  if (mode === undefined) return decideService({ operands, at, own, policy });
  requireNoPolicy(mode, policy);
  if (mode === '--check') return { type: 'check', config: last('--config'), conf: operands[0], own };
  if (operands.length > 0) throw badUsage(`${mode} takes no CONF and PROGRAM`);
  if (mode === '--config') return { type: 'config', config: last('--config'), own };
  const form = has('--metrics') ? 'metrics' : has('--json') ? 'json' : 'text';
  return { type: 'status', form, socket: last('--status-socket'), own };
}

interface ServiceWords {
  readonly operands: readonly string[];
  readonly at: number;
  readonly own: OwnOptions;
  readonly policy: readonly PolicyWord[];
}

function decideService({ operands, at, own, policy }: ServiceWords): VirtualdCall {
  const [conf, program] = operands;
  if (conf === undefined) throw badUsage('it needs CONF and PROGRAM');
  if (program === undefined) throw badUsage('it needs the PROGRAM to run behind CONF');
  return { type: 'service', conf, programAt: at + 1, own, policy };
}

function requireNoPolicy(mode: string, policy: readonly PolicyWord[]): void {
  const fitting = mode === '--status' ? ['verbose', 'status-socket'] : ['verbose'];
  const foreign = policy.find(([flag]) => !fitting.includes(flag));
  if (foreign) throw badUsage(`${mode} does not take --${foreign[0]}`);
}

function requireOneForm(modes: readonly string[], has: (name: string) => boolean): void {
  const [first, second] = modes;
  if (second !== undefined && !(first === '--check' && second === '--config'))
    throw badUsage(`${first} and ${second} do not go together`);
  const form = ['--json', '--metrics'].filter(has);
  if (form.length > 0 && first !== '--status') throw badUsage(`${form[0]} goes with --status`);
  if (form.length > 1) throw badUsage('--json and --metrics do not go together');
}

/** BAD_USAGE of virtuald. */
export function badUsage(why: string, mend?: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: 'cannot read the command line of virtuald',
    why,
    mend:
      mend ??
      'usage: virtuald [OPTION…] CONF PROGRAM [ARG…] | --config [FILE] | --status; more: virtuald --help',
  });
}
