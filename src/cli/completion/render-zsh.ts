import type { Completion, OptionSpec } from '../command.ts';
import { type Described, optionNames, type ProgramSpec, quoteWord, shownCommands } from './program-spec.ts';

const helpers = `
_virtfs_domains() {
  local -a names root
  [[ -n \${opt_args[--root]:-\${opt_args[-r]}} ]] && root=(--root "\${opt_args[--root]:-\${opt_args[-r]}}")
  names=(\${(f)"$(virtfs list --names $root 2>/dev/null)"})
  _wanted domains expl domain compadd -a names
}

_virtfs_profiles() {
  local -a names
  names=(\${(f)"$(virtfs profiles --names 2>/dev/null)"})
  _values -s , profile $names
}
`;

/** A script for zsh: a file of \`fpath\`, or to be sourced after compinit. */
export function renderZsh(programs: readonly ProgramSpec[]): string {
  const names = programs.map((program) => program.name);
  return [
    `#compdef ${names.join(' ')}`,
    '# Completion for zsh. Made from the command table by: virtfs completion zsh',
    helpers,
    ...programs.map((program) =>
      program.type === 'commands' ? renderCommands(program) : renderSingle(program),
    ),
    // Autoloaded, the file is the body of a function and runs for the word at hand; sourced, it only defines.
    `if [[ $funcstack[1] == _${names[0]} ]]; then`,
    '  _$service "$@"',
    'else',
    ...names.map((name) => `  compdef _${name} ${name}`),
    'fi',
    '',
  ].join('\n');
}

function renderCommands({ name, commands: all }: Extract<ProgramSpec, { type: 'commands' }>): string {
  const commands = shownCommands(all);
  return `_${name}() {
  local context state line expl
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[show help]' '(- *)'{-V,--version}'[show the version]' '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
${[...commands.map(({ name: each, summary }) => `${each}:${summary}`), 'help:show what a command does and takes'].map((each) => `        ${quoteWord(each)}`).join('\n')}
      )
      _describe command commands ;;
    argument)
      case $line[1] in
        help) _values command ${commands.map((command) => command.name).join(' ')} ;;
${commands.map((command) => `        ${command.name}) ${renderArguments(command, '*')} ;;`).join('\n')}
      esac ;;
  esac
}
`;
}

function renderSingle({ name, command }: Extract<ProgramSpec, { type: 'single' }>): string {
  return `_${name}() {
  local context state line expl
  typeset -A opt_args
  ${renderArguments(command, '1')} '*::argument:_normal'
}
`;
}

function renderArguments(command: Described, place: '1' | '*'): string {
  const options = Object.entries(command.options).map(([name, option]) => renderOption(name, option));
  const operand = command.completeOperand;
  const operands =
    operand === undefined || operand === 'none'
      ? []
      : [quoteWord(`${place}:${wordOf(command.operands)}:${action(operand)}`)];
  return ['_arguments', ...options, "'(- *)'{-h,--help}'[show help]'", ...operands].join(' \\\n            ');
}

function renderOption(name: string, option: OptionSpec): string {
  const help = `[${option.help.replaceAll(/[\\[\]:]/gu, '\\$&')}]`;
  const takesValue = option.type === 'string';
  const rest = takesValue ? `${help}:${wordOf(option.value ?? 'value')}:${action(option.complete)}` : help;
  const names = optionNames(name, option.short);
  const forms = names.map((each) => (takesValue ? `${each}${each.startsWith('--') ? '=' : '+'}` : each));
  const others = option.multiple ? '*' : `(${names.join(' ')})`;
  const form = forms.length === 1 ? (forms[0] ?? '') : `{${forms.join(',')}}`;
  return `${quoteWord(others)}${form}${quoteWord(rest)}`;
}

/** What stands before the list of offers; a colon would end it. */
function wordOf(value: string): string {
  return (
    value
      .replaceAll(/[^A-Za-z]+/gu, ' ')
      .trim()
      .split(' ')[0]
      ?.toLowerCase() || 'value'
  );
}

function action(complete: Completion | undefined): string {
  if (complete === undefined || complete === 'none') return ' ';
  if (typeof complete !== 'string') return `(${complete.join(' ')})`;
  return {
    directory: '_directories',
    file: '_files',
    user: '_users',
    command: '_command_names -e',
    domain: '_virtfs_domains',
    profile: '_virtfs_profiles',
  }[complete];
}
