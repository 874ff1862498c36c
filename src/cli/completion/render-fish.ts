import type { Completion, OptionSpec } from '../command.ts';
import { actionOf, type CommandItem } from '../command-groups.ts';
import {
  type Described,
  operandKinds,
  type ProgramSpec,
  shownItems,
  valueOptions,
  wordOfItem,
} from './program-spec.ts';

const helpers = `# Completion for fish. Made from the command table by: virtfs completion fish

# Are the words before the cursor these, and no more?
function __virtfs_behind
    set -l words (commandline -opc)
    set -e words[1]
    test "$words" = "$argv"
end

# Do the words before the cursor begin with these?
function __virtfs_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l wanted (count $argv)
    test (count $words) -ge $wanted; and test "$words[1..$wanted]" = "$argv"
end

# The words before the cursor that are no options. First argument: how many come before them; then the options with a
# value.
function __virtfs_operands
    set -l words (commandline -opc)
    set -l at (math 1 + $argv[1])
    while test $at -le (count $words)
        switch $words[$at]
            case '-?*'
                contains -- $words[$at] $argv[2..-1]; and set at (math 1 + $at)
            case '*'
                echo $words[$at]
        end
        set at (math 1 + $at)
    end
end

function __virtfs_root
    set -l root
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case -r --root
                test $i -lt (count $words); and set root --root $words[(math $i + 1)]
            case '--root=*'
                set root $words[$i]
        end
    end
    string join \\n -- $root
end

function __virtfs_domains
    virtfs list --names (__virtfs_root) 2>/dev/null
end

# $argv: the operands before the cursor.
function __virtfs_users
    virtfs user list --names (__virtfs_root) -- $argv[1] 2>/dev/null
end

function __virtfs_profiles
    set -l before (string match -r '^.*,' -- (commandline -ct))
    for name in (virtfs profiles --names 2>/dev/null)
        echo $before$name
    end
end
`;

/** Definitions for fish 3 or later. */
export function renderFish(programs: readonly ProgramSpec[]): string {
  return [
    helpers,
    ...programs.map((program) =>
      program.type === 'commands' ? renderCommands(program) : renderSingle(program),
    ),
  ].join('\n');
}

function renderCommands({ name, commands: all }: Extract<ProgramSpec, { type: 'commands' }>): string {
  const items = shownItems(all);
  const first = `complete -c ${name} -n __fish_use_subcommand`;
  return [
    `complete -c ${name} -f`,
    `${first} -s h -l help -d 'show help'`,
    `${first} -s V -l version -d 'show the version'`,
    `${first} -a help -d 'show what a command does and takes'`,
    ...items.flatMap((item) => renderItem(name, item)),
    '',
  ].join('\n');
}

function renderItem(program: string, item: CommandItem<Described>): readonly string[] {
  const [word, summary] = wordOfItem(item);
  const what = `-a ${word} -d ${quote(summary)}`;
  return [
    `complete -c ${program} -n __fish_use_subcommand ${what}`,
    `complete -c ${program} -n '__virtfs_behind help' ${what}`,
    ...(item.type === 'family'
      ? renderFamily(program, item.commands, word)
      : renderCall(program, item.command)),
  ];
}

function renderFamily(program: string, commands: readonly Described[], family: string): readonly string[] {
  const behind = `complete -c ${program} -n '__virtfs_behind ${family}'`;
  return [
    `${behind} -s h -l help -d 'show help'`,
    ...commands.flatMap((command) => [
      `${behind} -a ${actionOf(command)} -d ${quote(command.summary)}`,
      `complete -c ${program} -n '__virtfs_behind help ${family}' -a ${actionOf(command)} -d ${quote(command.summary)}`,
      ...renderCall(program, command),
    ]),
  ];
}

function renderCall(program: string, command: Described): readonly string[] {
  const words = command.name.split(' ');
  return renderWords({ program, is: `__virtfs_command ${command.name}`, place: words.length + 1 }, command);
}

/** Files stay on offer: past the program's own name the words are that program's. */
function renderSingle({ name, command }: Extract<ProgramSpec, { type: 'single' }>): string {
  return [...renderWords({ program: name, place: 1 }, command), ''].join('\n');
}

/** How a command is known: the condition, and how many words come before its own. */
interface Call {
  readonly program: string;
  readonly is?: string;
  readonly place: number;
}

function renderWords(call: Call, command: Described): readonly string[] {
  const { program, is, place } = call;
  const start = `complete -c ${program}${is === undefined ? '' : ` -n '${is}'`}`;
  const before = ['__virtfs_operands', place, ...valueOptions(command)].join(' ');
  return [
    ...Object.entries(command.options).map(
      ([name, option]) => `${start} ${renderOption(name, option, before)}`,
    ),
    `${start} -s h -l help -d 'show help'`,
    ...renderOperands(call, operandKinds(command), before),
  ];
}

/** `before` is the call that lists the operands before the cursor. */
function renderOperands(
  { program, is }: Call,
  kinds: readonly Completion[],
  before: string,
): readonly string[] {
  return kinds.flatMap((kind, index) => {
    const offered = offer(kind, before);
    if (offered === '') return [];
    const compare = index === kinds.length - 1 ? '-ge' : '-eq';
    const conditions = [
      ...(is === undefined ? [] : [is]),
      ...(kinds.length === 1 ? [] : [`test (count (${before})) ${compare} ${index}`]),
    ];
    const when = conditions.length === 0 ? '' : ` -n '${conditions.join('; and ')}'`;
    return [`complete -c ${program}${when} ${offered}`];
  });
}

function renderOption(name: string, { short, help, type, complete }: OptionSpec, before: string): string {
  const value = type === 'boolean' ? '' : complete === 'directory' || complete === 'file' ? '-r ' : '-x ';
  const offered = type === 'boolean' ? '' : offer(complete, before);
  return `${short === undefined ? '' : `-s ${short} `}-l ${name} ${value}${offered}${offered === '' ? '' : ' '}-d ${quote(help)}`;
}

function offer(complete: Completion | undefined, before: string): string {
  if (complete === undefined || complete === 'none') return '';
  if (typeof complete !== 'string') return `-a ${quote(complete.join(' '))}`;
  return {
    directory: "-a '(__fish_complete_directories)'",
    file: '-F',
    user: "-a '(__fish_complete_users)'",
    command: "-a '(__fish_complete_command)'",
    domain: "-a '(__virtfs_domains)'",
    'tree-user': `-a '(__virtfs_users (${before}))'`,
    profile: "-a '(__virtfs_profiles)'",
  }[complete];
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/gu, '\\$&')}'`;
}
