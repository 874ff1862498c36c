import { readFileSync, statSync } from 'node:fs';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { FileEntry } from '../manifest/entry.ts';
import type { Plan, SectionName } from '../manifest/plan.ts';
import { decideKeeping } from '../plan/decide-keeping.ts';

/** A configuration file that virtfs would lay. */
export interface PlannedFile {
  readonly section: SectionName;
  readonly entry: FileEntry;
}

/** Configuration is text that people write; what is larger is looked at by its size alone. */
export const mostConfigurationBytes = 4 << 20;

/** The files of a plan about which the domain has the say once it changed them, by path; accounts are not among them. */
export function listConfiguration(plan: Plan): ReadonlyMap<string, PlannedFile> {
  const files = [...plan.layer, ...plan.own].flatMap(({ name, entries }) =>
    entries.flatMap((entry): (readonly [string, PlannedFile])[] =>
      entry.type === 'file' && decideKeeping(entry.path) === 'configuration'
        ? [[entry.path, { section: name, entry }]]
        : [],
    ),
  );
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The bytes a planned file would have today. Throws IO_ERROR and others for a host file that cannot be read. */
export function readPlanned({ source }: FileEntry): Buffer {
  if ('text' in source) return Buffer.from(source.text);
  if ('bytes' in source) return Buffer.from(source.bytes);
  try {
    if (statSync(source.copyOf).size <= mostConfigurationBytes) return readFileSync(source.copyOf);
  } catch (error) {
    throw explainErrno(error, `cannot read ${escapeLines(source.copyOf)}`);
  }
  throw new VirtfsError('IO_ERROR', {
    what: `cannot read ${escapeLines(source.copyOf)}`,
    why: `it is larger than ${mostConfigurationBytes} bytes, too large for a file of configuration`,
    mend: 'bring the tree up to date instead: virtfs update DOMAIN',
  });
}

/**
 * The planned files that `words` name, a file or a folder each, as `etc/hosts` or `/etc/hosts`; all when there are none.
 * Throws PATH_NOT_IN_TREE.
 */
export function chooseConfiguration(
  files: ReadonlyMap<string, PlannedFile>,
  words: readonly string[],
): readonly PlannedFile[] {
  if (words.length === 0) return [...files.values()];
  const chosen = new Set<PlannedFile>();
  for (const word of words) {
    const path = word.replace(/^\/+|\/+$/gu, '');
    const found = [...files].filter(([each]) => each === path || each.startsWith(`${path}/`));
    if (path === '' || found.length === 0) throw notConfiguration(word, path);
    for (const [, file] of found) chosen.add(file);
  }
  return [...chosen];
}

function notConfiguration(word: string, path: string): VirtfsError {
  const isAccounts = decideKeeping(path) === 'accounts';
  return new VirtfsError('PATH_NOT_IN_TREE', {
    what: `cannot compare '${escapeLines(word).slice(0, 300)}'`,
    why: isAccounts
      ? 'the accounts are the domain’s own: virtfs lays them once'
      : 'virtfs would lay no such file of configuration today',
    mend: isAccounts ? 'see them: virtfs user list DOMAIN' : 'see all that differ: virtfs diff DOMAIN',
  });
}
