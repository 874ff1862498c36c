import { nearestName } from '../domain/nearest-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { CommandSpec } from './command.ts';
import { actionOf, familyOf } from './command-groups.ts';

/** What the first words of a command line name, and the words behind it. */
export type NamedCommand =
  | { readonly type: 'command'; readonly command: CommandSpec; readonly rest: readonly string[] }
  /** A first word of several commands, and not yet which of them. */
  | {
      readonly type: 'family';
      readonly name: string;
      readonly commands: readonly CommandSpec[];
      readonly rest: readonly string[];
    };

/** Throws UNKNOWN_COMMAND, which names the nearest there is, and BAD_USAGE for an option where a command belongs. */
export function parseCommandWords(
  table: readonly CommandSpec[],
  first: string,
  rest: readonly string[],
): NamedCommand {
  const command = table.find(({ name }) => name === first);
  if (command) return { type: 'command', command, rest };
  const commands = familyOf(table, first);
  if (commands.length === 0) throw unknownCommand(table, first);
  const [second, ...others] = rest;
  if (second === undefined || second.startsWith('-')) return { type: 'family', name: first, commands, rest };
  const member = commands.find(({ name }) => name === `${first} ${second}`);
  if (member) return { type: 'command', command: member, rest: others };
  throw unknownAction(first, second, commands);
}

/** An option that stands where a command, or the second word of one, has to come first. */
export function commandMissing(before: string, option: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: `there is no option '${shown(option)}'`,
    why: before === '' ? 'a command comes first' : `a command of ${before} comes first`,
    mend: `see what there is: ${['virtfs', before, '--help'].filter(Boolean).join(' ')}`,
  });
}

function unknownCommand(table: readonly CommandSpec[], word: string): VirtfsError {
  if (word.startsWith('-')) return commandMissing('', word);
  const names = shownNames(table);
  const firstWords = [...new Set(names.map((name) => name.split(' ', 1)[0] ?? name))];
  // Who knows useradd types that.
  const near = nearestName(word, [...firstWords, ...names]);
  return new VirtfsError('UNKNOWN_COMMAND', {
    what: `there is no command '${shown(word)}'`,
    why: `the commands are ${firstWords.join(', ')}`,
    mend: near === undefined ? 'see what there is: virtfs --help' : `perhaps this is meant: virtfs ${near}`,
  });
}

function unknownAction(family: string, word: string, commands: readonly CommandSpec[]): VirtfsError {
  const actions = commands.filter(({ hidden }) => !hidden).map(actionOf);
  const near = nearestName(word, actions);
  return new VirtfsError('UNKNOWN_COMMAND', {
    what: `there is no command '${family} ${shown(word)}'`,
    why: `the commands of ${family} are ${actions.join(', ')}`,
    mend:
      near === undefined
        ? `see what they do: virtfs ${family} --help`
        : `perhaps this is meant: virtfs ${family} ${near}`,
  });
}

function shownNames(table: readonly CommandSpec[]): readonly string[] {
  return table.filter(({ hidden }) => !hidden).map(({ name }) => name);
}

function shown(word: string): string {
  return escapeLines(word).slice(0, 80);
}
