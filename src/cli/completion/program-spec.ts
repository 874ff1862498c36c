import type { CommandSpec } from '../command.ts';

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

/** The commands people see. */
export function shownCommands(commands: readonly Described[]): readonly Described[] {
  return commands.filter((command) => !command.hidden);
}
