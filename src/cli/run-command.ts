import { nearestName } from '../domain/nearest-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { sysexit } from '../errors/sysexits.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { CommandSpec } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { describeHelp, describeOverview } from './describe-help.ts';
import type { Io } from './io.ts';

/** Finds the command that `args` name and runs it, or shows help. Resolves to the exit status. */
export async function runCommand(
  table: readonly CommandSpec[],
  args: readonly string[],
  io: Io,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    for (const line of describeOverview(table, io.columns)) io.err(line);
    return sysexit.usage;
  }
  if (['help', '--help', '-h'].includes(name)) return showHelp(table, rest, io);
  // Some commands have two words: user add.
  const family = table.filter((each) => each.name.startsWith(`${name} `));
  const [second] = rest;
  if (family.length > 0) return runFamily(family, { name, second, table, args: rest, io });
  const spec = findCommand(table, name);
  if (asksForHelp(rest)) return showHelp(table, [name], io);
  return runSpec(spec, rest, table, io);
}

interface FamilyCall {
  readonly name: string;
  readonly second: string | undefined;
  readonly args: readonly string[];
  readonly table: readonly CommandSpec[];
  readonly io: Io;
}

async function runFamily(
  family: readonly CommandSpec[],
  { name, second, args, table, io }: FamilyCall,
): Promise<number> {
  if (second === undefined) {
    for (const line of describeOverview(family, io.columns)) io.err(line);
    return sysexit.usage;
  }
  if (second.startsWith('-') && asksForHelp(args)) return showHelp(table, [name], io);
  const spec = findCommand(family, `${name} ${second}`);
  if (asksForHelp(args)) return showHelp(table, [name, second], io);
  return runSpec(spec, args.slice(1), table, io);
}

async function runSpec(
  spec: CommandSpec,
  args: readonly string[],
  table: readonly CommandSpec[],
  io: Io,
): Promise<number> {
  const call = parseCommandLine('virtfs', spec, args);
  const run = await spec.load();
  return run({ ...call, io, spec, table });
}

function showHelp(table: readonly CommandSpec[], names: readonly string[], io: Io): number {
  const words = names.filter((word) => !word.startsWith('-'));
  const family = table.filter((each) => words.length === 1 && each.name.startsWith(`${words[0]} `));
  const name = words.slice(0, 2).join(' ');
  const isWhole = words.length === 0 || family.length > 0;
  const lines = isWhole
    ? describeOverview(family.length > 0 ? family : table, io.columns)
    : describeHelp(`virtfs ${name}`, findCommand(table, name), io.columns);
  for (const line of lines) io.out(line);
  return sysexit.ok;
}

function findCommand(table: readonly CommandSpec[], name: string): CommandSpec {
  const spec = table.find((each) => each.name === name);
  if (spec) return spec;
  const names = table.filter((each) => !each.hidden).map((each) => each.name);
  const near = nearestName(name, names);
  const kind = name.startsWith('-') ? 'option' : 'command';
  throw new VirtfsError(kind === 'option' ? 'BAD_USAGE' : 'UNKNOWN_COMMAND', {
    what: `there is no ${kind} '${escapeLines(name).slice(0, 80)}'`,
    why: kind === 'option' ? 'a command comes first' : `the commands are ${names.join(', ')}`,
    mend: near === undefined ? 'see what there is: virtfs --help' : `perhaps this is meant: virtfs ${near}`,
  });
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h');
}
