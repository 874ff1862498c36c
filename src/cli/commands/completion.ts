import { badUsage } from '../command-line.ts';
import { listPrograms } from '../completion/list-programs.ts';
import { renderCompletion, shells } from '../completion/render-completion.ts';
import type { CompletionCall } from '../specs/completion-spec.ts';

export async function runCompletion({ operands, io, spec, table }: CompletionCall): Promise<number> {
  const shell = shells.find((each) => each === operands[0]);
  if (shell === undefined) throw badUsage('virtfs', spec, `SHELL is one of ${shells.join(', ')}`);
  io.out(renderCompletion(shell, listPrograms(table)).trimEnd());
  return 0;
}
