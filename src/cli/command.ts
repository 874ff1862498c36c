import type { ParseArgsOptionsConfig } from 'node:util';
import type { Io } from './io.ts';

/** What a shell may offer for a word: a kind of name, a fixed list, or nothing. */
export type Completion =
  | 'directory'
  | 'file'
  | 'profile'
  | 'domain'
  /** A user of the domain that is the first operand. */
  | 'tree-user'
  | 'user'
  | 'command'
  | 'none'
  | readonly string[];

/** One option as parseArgs, help, man page and completion see it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** The word that stands for the value in help: `DIR`. */
  readonly value?: string;
  /** One sentence without a full stop. */
  readonly help: string;
  /** What a shell may offer after the option. */
  readonly complete?: Completion;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What parseArgs makes of `specs`. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]?: S[K]['type'] extends 'boolean'
    ? boolean
    : S[K]['multiple'] extends true
      ? readonly string[]
      : string;
};

/** One command: all that help, man page, completion and the runner need. Data alone, so that the table is cheap. */
export interface CommandSpec<S extends OptionSpecs = OptionSpecs> {
  /** One word, or two, of which the first names a family: `user add`. `command-groups.ts` says where help has it. */
  readonly name: string;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** Operands as in a synopsis: `[DOMAIN…]`. */
  readonly operands: string;
  /** How many operands there may be; the most may be Infinity. */
  readonly takes: readonly [least: number, most: number];
  /** What every operand is. */
  readonly completeOperand?: Completion;
  /** Where they differ, what each is in its place; the last holds for all that follow. */
  readonly completeOperands?: readonly Completion[];
  /** The place, from 0, of an operand that is a program: whatever stands behind it is the program's, not an option. */
  readonly optionsEndAt?: number;
  readonly options: S;
  /** Paragraphs for `--help` and the man page. */
  readonly description: readonly string[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** For the build alone: left out of help, man page and completion. */
  readonly hidden?: boolean;
  /** Loads the work only when the command is called. */
  readonly load: () => Promise<CommandRun<S>>;
}

/** Runs with checked words; resolves to the exit status. */
export type CommandRun<S extends OptionSpecs = OptionSpecs> = (call: CommandCall<S>) => Promise<number>;

export interface CommandCall<S extends OptionSpecs = OptionSpecs> {
  readonly operands: readonly string[];
  readonly values: OptionValues<S>;
  readonly io: Io;
  /** The command itself, and the table it stands in. */
  readonly spec: CommandSpec;
  readonly table: readonly CommandSpec[];
}

/** A command for the table. What its options are called is known to its own `load` alone. */
export function defineCommand<const S extends OptionSpecs>(spec: CommandSpec<S>): CommandSpec {
  return spec as unknown as CommandSpec;
}

export function parseArgsOptions(specs: OptionSpecs): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple ? { multiple } : {}) },
    ]),
  );
}
