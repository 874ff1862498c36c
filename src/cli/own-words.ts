import { parseArgs } from 'node:util';
import { type CommandSpec, parseArgsOptions } from './command.ts';

/** The words behind a command's name that are its own: all, or those before the program it is to run. */
export function ownWords(
  { options, optionsEndAt }: Pick<CommandSpec, 'options' | 'optionsEndAt'>,
  args: readonly string[],
): readonly string[] {
  if (optionsEndAt === undefined) return args;
  const config = { args: [...args], options: parseArgsOptions(options), allowPositionals: true };
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  const program = tokens.filter(({ kind }) => kind === 'positional')[optionsEndAt];
  return args.slice(0, program?.index);
}
