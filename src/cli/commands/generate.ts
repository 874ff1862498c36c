import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainErrno } from '../../errors/explain-errno.ts';
import type { CommandSpec } from '../command.ts';
import { badUsage } from '../command-line.ts';
import { listPrograms } from '../completion/list-programs.ts';
import type { ProgramSpec } from '../completion/program-spec.ts';
import { renderCompletion, type Shell, shells } from '../completion/render-completion.ts';
import { describeManPages } from '../man/man-pages.ts';
import { renderRoff } from '../man/render-roff.ts';
import type { GenerateCall } from '../specs/generate-spec.ts';
import { released, version } from '../version.ts';

/** Where each shell looks for the completion of a program: a file of this name in a folder of its path. */
const fileNames: Readonly<Record<Shell, (program: string) => string>> = {
  bash: (program) => program,
  zsh: (program) => `_${program}`,
  fish: (program) => `${program}.fish`,
};

export async function runGenerate({ operands, io, spec, table }: GenerateCall): Promise<number> {
  const [what, folder = ''] = operands;
  if (what !== 'docs') throw badUsage('virtfs', spec, 'only docs can be generated');
  for (const [name, text] of [...listPages(table), ...listPrograms(table).flatMap(listCompletions)]) {
    const path = join(folder, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      throw explainErrno(error, `cannot write ${path}`);
    }
    io.out(path);
  }
  return 0;
}

function listPages(table: readonly CommandSpec[]): readonly (readonly [name: string, text: string])[] {
  return describeManPages(table).map((page) => [
    `man/man${page.section}/${page.name}.${page.section}`,
    renderRoff(page, { version, date: released }),
  ]);
}

function listCompletions(program: ProgramSpec): readonly (readonly [name: string, text: string])[] {
  return shells.map((shell) => [
    `completions/${shell}/${fileNames[shell](program.name)}`,
    renderCompletion(shell, [program]),
  ]);
}
