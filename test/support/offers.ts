import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Shell } from '../../src/cli/completion/render-completion.ts';

export interface OffersOptions {
  /** Holds `completions/SHELL/…` as virtfs generate writes them, and `bin`, which comes first on PATH. */
  readonly dir: string;
  /** The program whose completion is loaded. */
  readonly program: string;
}

/** What a real shell offers where the cursor stands at the end of `line`, sorted. */
export function offersOf(shell: Shell, line: string, { dir, program }: OffersOptions): readonly string[] {
  const scripts = join(dir, 'completions', shell);
  const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, HOME: dir, LC_ALL: 'C.UTF-8', TERM: 'dumb' };
  writeFileSync(join(dir, '.zshrc'), zshrc);
  const words = callOf[shell](line, scripts, program);
  const { stdout, stderr, error } = spawnSync(shell, words, { encoding: 'utf8', env, timeout: 10_000 });
  if (error) throw error;
  if (stderr !== '') throw new Error(`${shell} complains: ${stderr}`);
  const offers = stdout.split('\n').map((each) => each.split('\t')[0]?.trim() ?? '');
  return [...new Set(offers)].filter(Boolean).sort();
}

const callOf: Readonly<Record<Shell, (line: string, scripts: string, program: string) => readonly string[]>> =
  {
    bash: (line, scripts, program) => [
      '-c',
      `compopt() { :; }
     source "$1"
     COMP_WORDS=(\${2}); [[ $2 == *' ' ]] && COMP_WORDS+=('')
     COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
     _$3
     printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      join(scripts, program),
      line,
      program,
    ],
    fish: (line, scripts, program) => [
      '--no-config',
      '-c',
      'source $argv[1]; complete -C $argv[2]',
      join(scripts, `${program}.fish`),
      line,
    ],
    zsh: (line, scripts) => ['-f', '-c', zshOnTerminal, 'zsh', scripts, line],
  };

/** zsh completes only where a line is edited: one edits in a terminal of its own. */
const zshOnTerminal = `
zmodload zsh/zpty
export SCRIPTS=$1
zpty editor zsh -d -i
zpty -w -n editor "$2"$'\\t'
zpty -r -m editor got '*<<end>>*'
got=\${\${got##*<<begin>>}%%<<end>>*}
print -r - \${got//$'\\r'/}
`;

/** Its compadd prints those of its words that match. */
const zshrc = `
PROMPT= RPROMPT=
unset zle_bracketed_paste
stty -echo
autoload -Uz compinit
fpath=($SCRIPTS $fpath)
compinit -u -D
bindkey '^I' complete-word
mark-begin() { print -r - '<<begin>>' }
mark-end() { print -r - '<<end>>'; exit }
compprefuncs=(mark-begin) comppostfuncs=(mark-end)
compadd() {
  # Called to look, not to add.
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a offered
  builtin compadd -A offered "$@"
  print -rl - $offered
  builtin compadd "$@"
}
`;
