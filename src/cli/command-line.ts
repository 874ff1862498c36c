import { parseArgs } from 'node:util';
import { nearestName } from '../domain/nearest-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type CommandCall, type CommandSpec, parseArgsOptions } from './command.ts';
import { ownWords } from './own-words.ts';

/**
 * The words after a command's name, checked against its table: options may stand before or behind operands, `--` ends
 * them. Throws BAD_USAGE that shows the synopsis.
 */
export function parseCommandLine(
  program: string,
  spec: CommandSpec,
  args: readonly string[],
): Pick<CommandCall, 'operands' | 'values'> {
  // Not strict: Node's own complaints know neither the nearest name nor our synopsis.
  const own = ownWords(spec, args);
  const {
    tokens,
    values,
    positionals: before,
  } = parseArgs({
    args: [...own],
    options: parseArgsOptions(spec.options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const positionals = [...before, ...args.slice(own.length)];
  const bad = (why: string) => badUsage(program, spec, why);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const wrong = whyNotOption(spec, token);
    if (wrong !== undefined) throw bad(wrong);
  }
  const [least, most] = spec.takes;
  if (positionals.length < least) throw bad(`it needs ${spec.operands}`);
  const extra = positionals[most];
  if (extra !== undefined) throw bad(`'${escapeLines(extra)}' is one word too many`);
  // Checked above: no string option without its string, no boolean with one.
  return { operands: positionals, values: values as CommandCall['values'] };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function whyNotOption(
  spec: CommandSpec,
  { name, rawName, value, inlineValue }: OptionToken,
): string | undefined {
  const shown = escapeLines(rawName).slice(0, 80);
  if (!Object.hasOwn(spec.options, name)) {
    const near = rawName.startsWith('--') ? nearestName(name, Object.keys(spec.options)) : undefined;
    return `there is no option ${shown}${near === undefined ? '' : `, perhaps --${near} is meant`}`;
  }
  const option = spec.options[name];
  if (option?.type === 'boolean') return value === undefined ? undefined : `${shown} takes no value`;
  const word = option?.value ?? 'VALUE';
  if (value === undefined) return `${shown} needs a value: ${shown} ${word}`;
  // `--root --json` is a forgotten value far more often than a folder of that name.
  if (!inlineValue && value.length > 1 && value.startsWith('-')) {
    return `${shown} needs a value, and '${escapeLines(value)}' looks like an option: ${shown}=${word}`;
  }
  return undefined;
}

/** A command line that cannot be run, with the synopsis of its command. */
export function badUsage(
  program: string,
  spec: Pick<CommandSpec, 'name' | 'operands'>,
  why: string,
): VirtfsError {
  const name = spec.name === program ? program : `${program} ${spec.name}`;
  return new VirtfsError('BAD_USAGE', {
    what: `cannot read the command line of ${name}`,
    why,
    mend: `usage: ${[name, '[OPTION…]', spec.operands].filter(Boolean).join(' ')}; more: ${name} --help`,
  });
}
