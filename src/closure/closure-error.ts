import type { ErrorCode } from '../errors/error-codes.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** Why a root cannot run. */
export interface Fault {
  readonly type: 'elf' | 'library' | 'command' | 'path';
  /** What is missing or broken. */
  readonly name: string;
  /** Who asks for it: the root itself, or something it needs. */
  readonly asker: string;
  readonly why: string;
}

export interface FaultyRoot {
  readonly path: string;
  readonly faults: readonly Fault[];
}

const mostNamed = 3;

interface Kind {
  readonly code: ErrorCode;
  readonly what: (count: number) => string;
  readonly mend: (name: string) => string;
}

// biome-ignore format: a table
const kinds: Readonly<Record<Fault['type'], Kind>> = {
  elf:     { code: 'BAD_ELF',         what: (count) => `${count === 1 ? 'a program is' : `${count} programs are`} damaged`,
             mend: (name) => `install its package again: dpkg -S ${name}` },
  library: { code: 'LIBRARY_MISSING', what: (count) => `${count === 1 ? 'a library is' : `${count} libraries are`} missing on this host`,
             mend: (name) => `install the package that holds it: apt-file search ${name}` },
  command: { code: 'COMMAND_MISSING', what: (count) => `${count === 1 ? 'an interpreter is' : `${count} interpreters are`} missing on this host`,
             mend: (name) => `install the package that holds it: apt-file search ${name}` },
  path:    { code: 'PATH_MISSING',    what: (count) => `${count === 1 ? 'a file is' : `${count} files are`} missing on this host`,
             mend: (name) => `look at it with ls -l, and at the package it came with: dpkg -S ${name}` },
};

/** One error for all faults of all roots, with the code of the gravest: every missing thing and who wants it. */
export function closureError(roots: readonly FaultyRoot[]): VirtfsError {
  const types = (Object.keys(kinds) as Fault['type'][]).filter((type) =>
    roots.some(({ faults }) => faults.some((fault) => fault.type === type)),
  );
  const parts = types.map((type) => ({ kind: kinds[type], things: thingsOf(roots, type) }));
  const [first] = parts;
  const [name = ''] = first?.things.keys() ?? [];
  return new VirtfsError(first?.kind.code ?? 'LIBRARY_MISSING', {
    what: parts.map(({ kind, things }) => kind.what(things.size)).join(', and '),
    why: parts.flatMap(({ things }) => [...things].map(describeThing)).join('; '),
    mend: `${first?.kind.mend(escapeLines(name)) ?? ''}; or take what wants it out of the profile`,
  });
}

interface Thing {
  readonly why: string;
  readonly wantedBy: readonly string[];
}

function thingsOf(roots: readonly FaultyRoot[], type: Fault['type']): Map<string, Thing> {
  const things = new Map<string, Thing>();
  for (const { path, faults } of roots) {
    for (const fault of faults.filter((one) => one.type === type)) {
      const known = things.get(fault.name) ?? { why: fault.why, wantedBy: [] };
      things.set(fault.name, { ...known, wantedBy: [...new Set([...known.wantedBy, path])] });
    }
  }
  return things;
}

function describeThing([name, { why, wantedBy }]: readonly [string, Thing]): string {
  const named = wantedBy.slice(0, mostNamed).join(', ');
  const more = wantedBy.length > mostNamed ? ` and ${wantedBy.length - mostNamed} more` : '';
  const wanted = wantedBy.length === 1 && wantedBy[0] === name ? '' : ` (for ${named}${more})`;
  return escapeLines(`${why.includes(name) ? why : `${name}: ${why}`}${wanted}`);
}
