import type { Completion, OptionSpecs } from '../command.ts';
import { type Described, optionNames, type ProgramSpec, quoteWord, shownCommands } from './program-spec.ts';

const helpers = `# Completion for bash. Made from the command table by: virtfs completion bash

# The value of --root on the line, so that names are those of that folder.
_virtfs_root() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -r|--root)
        [[ \${COMP_WORDS[i+1]} == '=' ]] && ((i++))
        printf '%s\\n' --root "\${COMP_WORDS[i+1]}" ;;
    esac
  done
}

_virtfs_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# $1: the kind of name to offer for $cur.
_virtfs_offer() {
  local root before=
  case $1 in
    directory) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
    command) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    domain)
      mapfile -t root < <(_virtfs_root)
      _virtfs_words "$(virtfs list --names "\${root[@]}" 2>/dev/null)" ;;
    profile)
      [[ $cur == *,* ]] && before=\${cur%,*},
      cur=\${cur##*,}
      _virtfs_words "$(virtfs profiles --names 2>/dev/null)"
      COMPREPLY=("\${COMPREPLY[@]/#/$before}") ;;
  esac
}
`;

/** A script for bash 4.4 or later that needs no other file. */
export function renderBash(programs: readonly ProgramSpec[]): string {
  return [helpers, ...programs.map((program) => renderProgram(program))].join('\n');
}

function renderProgram(program: ProgramSpec): string {
  const body = program.type === 'commands' ? commandsBody(program.commands) : singleBody(program.command);
  return `_${program.name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} i
  COMPREPLY=()
  # --option=value comes as three words.
  if [[ $cur == '=' ]]; then
    cur=
  elif [[ $prev == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
${body}}
complete -F _${program.name} ${program.name}
`;
}

function commandsBody(all: readonly Described[]): string {
  const commands = shownCommands(all);
  const names = commands.map((command) => command.name).join(' ');
  return `  if ((COMP_CWORD == 1)); then
    _virtfs_words '${names} help --help --version'
    return
  fi
  case \${COMP_WORDS[1]} in
    help) ((COMP_CWORD == 2)) && _virtfs_words '${names}' ;;
${commands.map((command) => `    ${command.name})\n${choices(command, '      ')}      ;;\n`).join('')}  esac
`;
}

function singleBody(command: Described): string {
  const withValue = Object.entries(command.options)
    .filter(([, option]) => option.type === 'string')
    .flatMap(([name, { short }]) => optionNames(name, short));
  // Past the program's own name the words are that program's.
  return `  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.join('|') || '--'}) [[ \${COMP_WORDS[i+1]} == '=' ]] && ((i++)); ((i++)) ;;
      -*) ;;
      *) compopt -o default; return ;;
    esac
  done
${choices(command, '  ')}`;
}

function choices(command: Described, indent: string): string {
  const values = Object.entries(command.options).filter(([, option]) => option.type === 'string');
  const cases = values.map(
    ([name, { short, complete }]) => `  ${optionNames(name, short).join('|')}) ${offer(complete)}return ;;`,
  );
  return [
    ...(cases.length === 0 ? [] : ['case $prev in', ...cases, 'esac']),
    'if [[ $cur == -* ]]; then',
    `  _virtfs_words ${quoteWord(allOptions(command.options))}`,
    'else',
    `  ${offer(command.completeOperand)}:`,
    'fi',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');
}

function allOptions(specs: OptionSpecs): string {
  return [...Object.entries(specs).flatMap(([name, { short }]) => optionNames(name, short)), '--help'].join(
    ' ',
  );
}

function offer(complete: Completion | undefined): string {
  if (complete === undefined || complete === 'none') return '';
  return typeof complete === 'string'
    ? `_virtfs_offer ${complete}; `
    : `_virtfs_words ${quoteWord(complete.join(' '))}; `;
}
