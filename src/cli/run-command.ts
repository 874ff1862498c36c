import { sysexit } from '../errors/sysexits.ts';
import type { CommandSpec } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { describeFamily, describeHelp, describeOverview } from './describe-help.ts';
import type { Io } from './io.ts';
import { ownWords } from './own-words.ts';
import { commandMissing, type NamedCommand, parseCommandWords } from './parse-command-words.ts';

/** Finds the command that `args` name and runs it, or shows help. Resolves to the exit status. */
export async function runCommand(
  table: readonly CommandSpec[],
  args: readonly string[],
  io: Io,
): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) {
    for (const line of describeOverview(table, io.columns)) io.err(line);
    return sysexit.usage;
  }
  if (['help', '--help', '-h'].includes(first)) return showHelp(table, rest, io);
  const named = parseCommandWords(table, first, rest);
  if (asksForHelp(named)) return showHelpOf(named, io);
  if (named.type === 'family') return refuseFamily(named, io);
  const { command } = named;
  const call = parseCommandLine('virtfs', command, named.rest);
  const run = await command.load();
  return run({ ...call, io, spec: command, table });
}

function refuseFamily({ name, commands, rest }: Extract<NamedCommand, { type: 'family' }>, io: Io): number {
  const [option] = rest;
  if (option !== undefined) throw commandMissing(name, option);
  for (const line of describeFamily(name, commands, io.columns)) io.err(line);
  return sysexit.usage;
}

function showHelp(table: readonly CommandSpec[], args: readonly string[], io: Io): number {
  const [first, ...rest] = args.filter((word) => !word.startsWith('-'));
  if (first !== undefined) return showHelpOf(parseCommandWords(table, first, rest), io);
  for (const line of describeOverview(table, io.columns)) io.out(line);
  return sysexit.ok;
}

function showHelpOf(named: NamedCommand, io: Io): number {
  const lines =
    named.type === 'family'
      ? describeFamily(named.name, named.commands, io.columns)
      : describeHelp(`virtfs ${named.command.name}`, named.command, io.columns);
  for (const line of lines) io.out(line);
  return sysexit.ok;
}

function asksForHelp(named: NamedCommand): boolean {
  const args = named.type === 'command' ? ownWords(named.command, named.rest) : named.rest;
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h');
}
