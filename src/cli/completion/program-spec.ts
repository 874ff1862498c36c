import type { CommandSpec, Completion } from '../command.ts';
import { actionOf, type CommandItem, groupCommands } from '../command-groups.ts';

/** A program as man page and completion see it: one with commands, or one that is a command itself. */
export type ProgramSpec =
  | { readonly type: 'commands'; readonly name: string; readonly commands: readonly Described[] }
  | { readonly type: 'single'; readonly name: string; readonly command: Described };

/** What can be said of a command without running it. */
export type Described = Omit<CommandSpec, 'load' | 'takes'>;

/** `text` as one word of a shell (POSIX; bash, zsh). */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The names by which an option may be written: `-p`, `--profile`. */
export function optionNames(name: string, short: string | undefined): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

/** What may stand as the first word: the commands people see, and families of them. */
export function shownItems(commands: readonly Described[]): readonly CommandItem<Described>[] {
  return groupCommands(commands).flatMap(({ items }) => items);
}

/** What is typed for an item, and what it does. */
export function wordOfItem(item: CommandItem<Described>): readonly [word: string, summary: string] {
  return item.type === 'family' ? [item.name, item.summary] : [actionOf(item.command), item.command.summary];
}

/** What each operand is; the last holds for all that follow. */
export function operandKinds({ completeOperand, completeOperands }: Described): readonly Completion[] {
  return completeOperands ?? (completeOperand === undefined ? [] : [completeOperand]);
}

/** The options that take a value, as they are written. */
export function valueOptions({ options }: Described): readonly string[] {
  return Object.entries(options)
    .filter(([, { type }]) => type === 'string')
    .flatMap(([name, { short }]) => optionNames(name, short));
}
