import type { Completion, OptionSpec } from '../command.ts';
import { actionOf } from '../command-groups.ts';
import {
  type Described,
  operandKinds,
  optionNames,
  type ProgramSpec,
  quoteWord,
  shownItems,
  wordOfItem,
} from './program-spec.ts';

const helpers = `
_virtfs_domains() {
  local -a names root
  [[ -n \${opt_args[--root]:-\${opt_args[-r]}} ]] && root=(--root "\${opt_args[--root]:-\${opt_args[-r]}}")
  names=(\${(f)"$(virtfs list --names $root 2>/dev/null)"})
  _wanted domains expl domain compadd -a names
}

# Of the domain that is the first operand.
_virtfs_users() {
  local -a names root
  [[ -n \${opt_args[--root]:-\${opt_args[-r]}} ]] && root=(--root "\${opt_args[--root]:-\${opt_args[-r]}}")
  names=(\${(f)"$(virtfs user list --names $root -- $line[1] 2>/dev/null)"})
  _wanted users expl user compadd -a names
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

function renderCommands({ name, commands }: Extract<ProgramSpec, { type: 'commands' }>): string {
  const items = shownItems(commands);
  const families = items.filter((item) => item.type === 'family');
  const words = [...items.map(wordOfItem), ['help', 'show what a command does and takes'] as const];
  return [
    ...families.map((family) =>
      renderLevel(`_${name}_${family.name}`, {
        options: '',
        words: family.commands.map((command) => [actionOf(command), command.summary] as const),
        cases: family.commands.map((command) => [actionOf(command), renderArguments(command, '*')]),
      }),
    ),
    renderLevel(`_${name}`, {
      options: " '(- *)'{-V,--version}'[show the version]'",
      words,
      cases: [
        [
          'help',
          renderHelp(
            items.map((item) => wordOfItem(item)[0]),
            families,
          ),
        ],
        ...items.map((item) =>
          item.type === 'family'
            ? ([item.name, `_${name}_${item.name}`] as const)
            : ([item.command.name, renderArguments(item.command, '*')] as const),
        ),
      ],
    }),
  ].join('\n');
}

interface Level {
  readonly options: string;
  /** What may stand here, and what to call for the words behind it. */
  readonly words: readonly (readonly [word: string, summary: string])[];
  readonly cases: readonly (readonly [word: string, call: string])[];
}

function renderLevel(name: string, { options, words, cases }: Level): string {
  return `${name}() {
  local context state line expl
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[show help]'${options} '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
${words.map(([word, summary]) => `        ${quoteWord(`${word}:${summary}`)}`).join('\n')}
      )
      _describe command commands ;;
    argument)
      case $line[1] in
${cases.map(([word, call]) => `        ${word}) ${call} ;;`).join('\n')}
      esac ;;
  esac
}
`;
}

function renderHelp(
  words: readonly string[],
  families: readonly { readonly name: string; readonly commands: readonly Described[] }[],
): string {
  const seconds = families.map(
    ({ name, commands }) => `3,${name}) _values command ${commands.map(actionOf).join(' ')} ;;`,
  );
  return [
    'case $CURRENT,$words[2] in',
    `2,*) _values command ${words.join(' ')} ;;`,
    ...seconds,
    'esac',
  ].join('\n          ');
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
  const kinds = operandKinds(command);
  const names = command.operands.split(' ');
  const operands = kinds.flatMap((kind, index) => {
    if (kind === 'none' && kinds.length === 1) return [];
    const at = index === kinds.length - 1 && place === '*' ? '*' : index + 1;
    return [quoteWord(`${at}:${wordOf(names[index] ?? names.at(-1) ?? '')}:${action(kind)}`)];
  });
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
    'tree-user': '_virtfs_users',
    profile: '_virtfs_profiles',
  }[complete];
}
