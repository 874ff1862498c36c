/**
 * The program that `env` runs for the argument of a `#!/usr/bin/env …` line (env(1) of coreutils): the argument
 * whole, or split where it begins with `-S`; then without options and assignments. Undefined when it names none.
 */
export function parseEnvArgument(argument: string): string | undefined {
  // The kernel passes one word: without -S the blanks in it belong to the program's name.
  const split = /^(?:-v?S|--split-string(?:=|\s))(?<line>.*)$/su.exec(argument)?.groups?.line;
  const words = split === undefined ? [argument] : splitWords(split);
  return words[firstOperand(words)] || undefined;
}

/** Index behind options and assignments. */
function firstOperand(words: readonly string[]): number {
  let at = 0;
  for (let word = words[at]; word !== undefined; word = words[at]) {
    if (word === '--') at += 1;
    else if (/^(?:-u|-C|--unset|--chdir)$/u.test(word)) at += 2;
    else if (word.startsWith('-') || word.includes('=')) at += 1;
    else return at;
  }
  return at;
}

function splitWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gsu) ?? [];
  return words.map((word) =>
    word.replace(/'(?<plain>[^']*)'|"(?<quoted>(?:\\.|[^"\\])*)"|\\(?<char>.)/gsu, (...found) => {
      const { plain, quoted, char } = found.at(-1) as Record<'plain' | 'quoted' | 'char', string | undefined>;
      return plain ?? quoted?.replace(/\\(?<char>.)/gsu, '$1') ?? char ?? '';
    }),
  );
}
