import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';

/**
 * The program that the name virtexec was called by stands for: `virtvi` is `vi`. Undefined for virtexec's own name.
 * Throws BAD_USAGE for a name that does not begin with `virt` or ends there.
 */
export function parseLinkName(script: string): string | undefined {
  const name = script.slice(script.lastIndexOf('/') + 1);
  if (/^virtexec(?:\.[cm]?[jt]s)?$/u.test(name)) return undefined;
  const program = /^virt(?<program>.+)$/su.exec(name)?.groups?.program;
  if (program !== undefined) return program;
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot tell which program '${escapeLines(name)}' is to run`,
    why: 'a link to virtexec is named virt and the program, such as virtpasswd',
    mend: 'name the link so, or call virtexec itself: virtexec --help',
  });
}
