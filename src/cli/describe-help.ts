import type { CommandSpec, OptionSpec, OptionSpecs } from './command.ts';
import { actionOf, type CommandItem, familySummary, groupCommands } from './command-groups.ts';
import { describeTerm, wrapText } from './wrap-text.ts';

/** People read lines of this length; a wider terminal does not help them. */
const widest = 100;

/** What `virtfs --help` shows: every command with its summary, under headings; a family of commands in one line. */
export function describeOverview(table: readonly CommandSpec[], columns: number): readonly string[] {
  const width = Math.min(columns, widest);
  const groups = groupCommands(table);
  const help = 'help [COMMAND]';
  const rows = groups.flatMap(({ items }) => items.map(describeItem));
  const termWidth = Math.max(...rows.map(([term]) => term.length), help.length);
  return [
    'virtfs: a file tree of its own for each hosted domain',
    '',
    'usage: virtfs COMMAND [OPTION…] [ARGUMENT…]',
    ...groups.flatMap(({ title, items }) => [
      '',
      `${title}:`,
      ...items.map(describeItem).flatMap(([term, text]) => describeTerm(term, text, termWidth, width)),
    ]),
    '',
    'help:',
    ...describeTerm(help, 'show what a command does and takes', termWidth, width),
    ...describeTerm('-h, --help', 'show this; behind a command, what it does and takes', termWidth, width),
    ...describeTerm('-V, --version', 'show the version', termWidth, width),
    '',
    ...wrapText(
      'To run a program inside a domain: virtexec. Manual: man 8 virtfs, man 8 virtexec, man 5 virtfs.toml, man 5 virtfs-profile.',
      width,
    ),
  ];
}

/** What `virtfs user --help` shows: the commands whose first word is `name`. */
export function describeFamily(
  name: string,
  commands: readonly CommandSpec[],
  columns: number,
): readonly string[] {
  const width = Math.min(columns, widest);
  const shown = commands.filter(({ hidden }) => !hidden);
  const termWidth = Math.max(...shown.map((each) => each.name.length));
  return [
    `virtfs ${name}: ${familySummary(name)}`,
    '',
    ...wrapText(`usage: virtfs ${name} ${shown.map(actionOf).join('|')} [OPTION…] [ARGUMENT…]`, width),
    '',
    'commands:',
    ...shown.flatMap((each) => describeTerm(each.name, each.summary, termWidth, width)),
    '',
    ...wrapText(`What one of them takes: virtfs ${shown[0]?.name ?? name} --help`, width),
  ];
}

function describeItem(item: CommandItem<CommandSpec>): readonly [term: string, text: string] {
  if (item.type === 'command') return [item.command.name, item.command.summary];
  return [`${item.name} …`, `${item.summary}: ${item.commands.map(actionOf).join(', ')}`];
}

/** What `virtfs COMMAND --help` shows. `name` is how the command is called: `virtfs create`. */
export function describeHelp(name: string, spec: CommandSpec, columns: number): readonly string[] {
  const width = Math.min(columns, widest);
  const options = optionTerms(spec.options);
  const termWidth = Math.min(30, Math.max(...options.map(([term]) => term.length)));
  return [
    ...wrapText(`${name}: ${spec.summary}`, width),
    '',
    `usage: ${[name, '[OPTION…]', spec.operands].filter(Boolean).join(' ')}`,
    ...spec.description.flatMap((paragraph) => ['', ...wrapText(paragraph, width)]),
    '',
    'options:',
    ...options.flatMap(([term, help]) => describeTerm(term, help, termWidth, width)),
    ...(spec.examples.length === 0 ? [] : ['', 'examples:']),
    ...spec.examples.flatMap(([command, what]) => [
      `  ${command}`,
      ...wrapText(what, width - 6).map((line) => `      ${line}`),
    ]),
  ];
}

/** Each option as it is written, with its help; `--help` last. */
export function optionTerms(specs: OptionSpecs): readonly (readonly [term: string, help: string])[] {
  const withHelp: OptionSpecs = { ...specs, help: { type: 'boolean', short: 'h', help: 'show this help' } };
  return Object.entries(withHelp).map(([name, spec]) => [optionTerm(name, spec), spec.help]);
}

function optionTerm(name: string, { short, value, type, multiple }: OptionSpec): string {
  const word = type === 'string' ? ` ${value ?? 'VALUE'}` : '';
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${word}${multiple && !value?.includes('…') ? '…' : ''}`;
}
