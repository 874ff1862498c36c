import type { Completion, OptionSpecs } from '../command.ts';
import { actionOf } from '../command-groups.ts';
import {
  type Described,
  operandKinds,
  optionNames,
  type ProgramSpec,
  quoteWord,
  shownItems,
  valueOptions,
  wordOfItem,
} from './program-spec.ts';

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

# Puts the words before the cursor that are no options into $operands, their number into $place. $1: where they begin;
# $2: the options with a value, each between blanks.
_virtfs_operands() {
  local i
  operands=()
  for ((i = $1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -?*)
        if [[ $2 == *" \${COMP_WORDS[i]} "* ]]; then
          [[ \${COMP_WORDS[i+1]} == '=' ]] && ((i++))
          ((i++))
        fi ;;
      *) operands+=("\${COMP_WORDS[i]}") ;;
    esac
  done
  place=\${#operands[@]}
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
    tree-user)
      mapfile -t root < <(_virtfs_root)
      _virtfs_words "$(virtfs user list --names "\${root[@]}" -- "\${operands[0]}" 2>/dev/null)" ;;
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
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} i operands place
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
  const items = shownItems(all);
  const names = items.map((item) => wordOfItem(item)[0]).join(' ');
  const families = items.filter((item) => item.type === 'family');
  return `  if ((COMP_CWORD == 1)); then
    _virtfs_words '${names} help --help --version'
    return
  fi
  case \${COMP_WORDS[1]} in
    help)
      case $COMP_CWORD,\${COMP_WORDS[2]} in
        2,*) _virtfs_words '${names}' ;;
${families.map(({ name, commands }) => `        3,${name}) _virtfs_words '${commands.map(actionOf).join(' ')}' ;;\n`).join('')}      esac ;;
${items.map((item) => (item.type === 'family' ? familyCase(item.name, item.commands) : commandCase(item.command, 2, '    '))).join('')}  esac
`;
}

function familyCase(name: string, commands: readonly Described[]): string {
  return `    ${name})
      if ((COMP_CWORD == 2)); then
        _virtfs_words '${commands.map(actionOf).join(' ')} --help'
        return
      fi
      case \${COMP_WORDS[2]} in
${commands.map((command) => commandCase(command, 3, '        ')).join('')}      esac ;;
`;
}

/** `place` is that of its first word behind the command. */
function commandCase(command: Described, place: number, indent: string): string {
  return `${indent}${actionOf(command)})\n${choices(command, place, `${indent}  `)}${indent}  ;;\n`;
}

function singleBody(command: Described): string {
  // Past the program's own name the words are that program's.
  return `  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valueOptions(command).join('|') || '--'}) [[ \${COMP_WORDS[i+1]} == '=' ]] && ((i++)); ((i++)) ;;
      -*) ;;
      *) compopt -o default; return ;;
    esac
  done
${choices(command, 1, '  ')}`;
}

function choices(command: Described, place: number, indent: string): string {
  const values = Object.entries(command.options).filter(([, option]) => option.type === 'string');
  const cases = values.map(
    ([name, { short, complete }]) => `  ${optionNames(name, short).join('|')}) ${offer(complete)}return ;;`,
  );
  return [
    ...(command.completeOperands === undefined
      ? []
      : [`_virtfs_operands ${place} ${quoteWord([' ', ...valueOptions(command), ' '].join(' '))}`]),
    ...(cases.length === 0 ? [] : ['case $prev in', ...cases, 'esac']),
    'if [[ $cur == -* ]]; then',
    `  _virtfs_words ${quoteWord(allOptions(command.options))}`,
    'else',
    ...operandLines(operandKinds(command)).map((line) => `  ${line}`),
    'fi',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');
}

function operandLines(kinds: readonly Completion[]): readonly string[] {
  const [only, ...more] = kinds;
  if (more.length === 0) return [`${offer(only)}:`];
  const cases = kinds.map((kind, index) => `  ${index === more.length ? '*' : index}) ${offer(kind)};;`);
  return ['case $place in', ...cases, 'esac'];
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
