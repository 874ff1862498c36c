import type { CommandSpec } from './command.ts';

/** Headings of help and manual, in their order, each with the first words of its commands. */
// biome-ignore format: a table
const groups: readonly (readonly [title: string, firstWords: readonly string[]])[] = [
  ['make and remove',     ['create', 'clone', 'remove', 'restore', 'apply', 'dump']],
  ['look',                ['list', 'show', 'explain', 'affected', 'trace', 'profiles', 'profile']],
  ['keep right',          ['check', 'update', 'diff', 'rollback', 'hold', 'release', 'clean']],
  ['names and addresses', ['rename', 'alias', 'address']],
  ['services',            ['service', 'mail']],
  ['people',              ['user']],
  ['host',                ['doctor', 'completion']],
];

/** What the commands of a family are about; no full stop. */
// biome-ignore format: a table
const families: Readonly<Record<string, string>> = {
  address: "a domain's addresses",
  alias:   "a domain's other names",
  mail:    "a domain's mail, and where an address leads",
  service: "a domain's services, and virtuald, which starts them",
  user:    'users of a tree',
};

/** What one can say of a command without its options. */
type Named = Pick<CommandSpec, 'name' | 'summary' | 'hidden'>;

/** A line of the overview: a command, or all whose first word is the same. */
export type CommandItem<T> =
  | { readonly type: 'command'; readonly command: T }
  | {
      readonly type: 'family';
      readonly name: string;
      readonly summary: string;
      readonly commands: readonly T[];
    };

export interface CommandGroup<T> {
  readonly title: string;
  readonly items: readonly CommandItem<T>[];
}

/** The shown commands of `table` under their headings; those of no heading come last, under `other`. */
export function groupCommands<T extends Named>(table: readonly T[]): readonly CommandGroup<T>[] {
  const byWord = Map.groupBy(
    table.filter(({ hidden }) => !hidden),
    ({ name }) => firstWord(name),
  );
  const known = new Set(groups.flatMap(([, words]) => words));
  const others = [...byWord.keys()].filter((word) => !known.has(word));
  return [...groups, ['other', others] as const]
    .map(([title, words]) => ({ title, items: words.flatMap((word) => itemOf(word, byWord.get(word))) }))
    .filter(({ items }) => items.length > 0);
}

/** The commands whose first of two words is `word`: none where it is no family. */
export function familyOf<T extends Named>(table: readonly T[], word: string): readonly T[] {
  return table.filter(({ name }) => name.startsWith(`${word} `));
}

/** What the family `word` is about. */
export function familySummary(word: string): string {
  return families[word] ?? `what begins with ${word}`;
}

/** The last word of a command's name: what it does, within its family. */
export function actionOf({ name }: Named): string {
  return name.slice(name.indexOf(' ') + 1);
}

function firstWord(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}

function itemOf<T extends Named>(word: string, commands: readonly T[] = []): readonly CommandItem<T>[] {
  const family = familyOf(commands, word);
  if (family.length > 0)
    return [{ type: 'family', name: word, summary: familySummary(word), commands: family }];
  return commands.map((command) => ({ type: 'command', command }));
}
