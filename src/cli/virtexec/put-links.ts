import { accessSync, constants, lstatSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { escapeLines } from '../../errors/escape-lines.ts';
import { explainErrno } from '../../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../../errors/virtfs-error.ts';

/** The programs of the HOWTO, 4.2. */
const programs = ['passwd', 'vi', 'pico', 'emacs', 'mailq', 'newuser'] as const;

export interface PutLink {
  readonly path: string;
  readonly target: string;
  readonly result: 'made' | 'kept';
}

/**
 * Makes the HOWTO's links to virtexec, called as `script`, in `dir`, or beside it. Links that are there are kept; when
 * anything else has one of the names, none is made. Throws PATH_TAKEN, PATH_MISSING, NEEDS_ROOT.
 */
export function putLinks(script: string, dir: string | undefined): readonly PutLink[] {
  const folder = resolve(dir ?? dirname(script));
  try {
    accessSync(script, constants.X_OK);
    const real = realpathSync(script);
    const there = new Map(
      programs.map((program) => [program, inspectLink(join(folder, `virt${program}`), real)]),
    );
    const foreign = programs.filter((program) => there.get(program) === 'foreign');
    if (foreign.length > 0) throw taken(folder, foreign);
    const target = folder === dirname(script) ? basename(script) : script;
    const links: PutLink[] = [];
    for (const program of programs) {
      const path = join(folder, `virt${program}`);
      const isMissing = there.get(program) === 'missing';
      if (isMissing) symlinkSync(target, path);
      links.push({ path, target, result: isMissing ? 'made' : 'kept' });
    }
    return links;
  } catch (error) {
    throw explainErrno(error, `cannot make links to ${escapeLines(script)} in ${escapeLines(folder)}`);
  }
}

function inspectLink(path: string, real: string): 'missing' | 'ours' | 'foreign' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 'missing';
  return stat.isSymbolicLink() && resolveLink(path) === real ? 'ours' : 'foreign';
}

function resolveLink(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ELOOP')) return undefined;
    throw error;
  }
}

function taken(folder: string, foreign: readonly string[]): VirtfsError {
  const names = foreign.map((program) => `virt${program}`).join(' ');
  return new VirtfsError('PATH_TAKEN', {
    what: `cannot make links to virtexec in ${escapeLines(folder)}`,
    why: `something else is there already: ${names}`,
    mend: 'look at it with ls -l, move it away or choose another folder: virtexec --links DIR',
  });
}
