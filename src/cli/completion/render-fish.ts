import type { Completion, OptionSpec } from '../command.ts';
import { type Described, type ProgramSpec, shownCommands } from './program-spec.ts';

const helpers = `# Completion for fish. Made from the command table by: virtfs completion fish

function __virtfs_domains
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
    virtfs list --names $root 2>/dev/null
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
  const commands = shownCommands(all);
  const first = `complete -c ${name} -n __fish_use_subcommand`;
  return [
    `complete -c ${name} -f`,
    `${first} -s h -l help -d 'show help'`,
    `${first} -s V -l version -d 'show the version'`,
    `${first} -a help -d 'show what a command does and takes'`,
    `complete -c ${name} -n '__fish_seen_subcommand_from help' -a ${quote(commands.map((each) => each.name).join(' '))}`,
    ...commands.flatMap((command) => [
      `${first} -a ${command.name} -d ${quote(command.summary)}`,
      ...renderWords(`complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}'`, command),
    ]),
    '',
  ].join('\n');
}

/** Files stay on offer: past the program's own name the words are that program's. */
function renderSingle({ name, command }: Extract<ProgramSpec, { type: 'single' }>): string {
  return [...renderWords(`complete -c ${name}`, command), ''].join('\n');
}

function renderWords(start: string, command: Described): readonly string[] {
  return [
    ...Object.entries(command.options).map(([name, option]) => `${start} ${renderOption(name, option)}`),
    `${start} -s h -l help -d 'show help'`,
    ...operandLines(start, command),
  ];
}

function operandLines(start: string, { completeOperand }: Described): readonly string[] {
  const offered = offer(completeOperand);
  return offered === '' ? [] : [`${start} ${offered}`];
}

function renderOption(name: string, { short, help, type, complete }: OptionSpec): string {
  const value = type === 'boolean' ? '' : complete === 'directory' || complete === 'file' ? '-r ' : '-x ';
  const offered = type === 'boolean' ? '' : offer(complete);
  return `${short === undefined ? '' : `-s ${short} `}-l ${name} ${value}${offered}${offered === '' ? '' : ' '}-d ${quote(help)}`;
}

function offer(complete: Completion | undefined): string {
  if (complete === undefined || complete === 'none') return '';
  if (typeof complete !== 'string') return `-a ${quote(complete.join(' '))}`;
  return {
    directory: "-a '(__fish_complete_directories)'",
    file: '-F',
    user: "-a '(__fish_complete_users)'",
    command: "-a '(__fish_complete_command)'",
    domain: "-a '(__virtfs_domains)'",
    profile: "-a '(__virtfs_profiles)'",
  }[complete];
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/gu, '\\$&')}'`;
}
