import { escapeLines } from '../errors/escape-lines.ts';
import type { Change, UpdatedDomain, UpdateResult } from '../pipeline/update-request.ts';
import { describeCount } from './describe-size.ts';
import type { Io } from './io.ts';
import { wrapText } from './wrap-text.ts';

export interface TellOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Paths of one kind of change that are named when not every one is asked for. */
const mostNamed = 4;

/**
 * Says what an update did. Domains that changed are on standard output, what needs a hand on standard error. As JSON it
 * is a list of roots, however many there are.
 */
export function tellUpdate(results: readonly UpdateResult[], options: TellOptions, io: Io): void {
  if (options.json) {
    io.out(JSON.stringify(results, undefined, 2));
    return;
  }
  for (const result of results) {
    const lines = options.quiet
      ? []
      : result.domains.flatMap((each) => describeUpdated(each, result, options));
    for (const line of lines) io.out(line);
    const width = Math.max(40, io.columns);
    const notes = options.quiet ? [] : describeNotes(result);
    for (const line of [...describeConflicts(result), ...notes].flatMap((each) => wrapText(each, width)))
      io.err(line);
  }
}

function describeUpdated(
  { domain, changes }: UpdatedDomain,
  { dryRun }: UpdateResult,
  { verbose = false }: TellOptions,
): readonly string[] {
  if (changes.length === 0) return [];
  const actions = ['add', 'replace', 'remove', 'lay beside', 'keep'] as const;
  const rows = actions.flatMap((action) => {
    const some = changes.filter((change) => change.action === action);
    return some.length === 0 ? [] : describeAction(action, some, verbose || dryRun);
  });
  return [
    `${domain}: ${dryRun ? 'would change' : 'changed'} ${describeCount(changes.length, 'path')}`,
    ...rows,
  ];
}

function describeAction(
  action: Change['action'],
  changes: readonly Change[],
  all: boolean,
): readonly string[] {
  if (all) return changes.map(({ path, why }) => `  ${action}  ${escapeLines(path)} (${escapeLines(why)})`);
  const named = changes.slice(0, mostNamed).map(({ path }) => escapeLines(path));
  const more = changes.length > mostNamed ? ` and ${changes.length - mostNamed} more` : '';
  return [`  ${action}  ${named.join(' ')}${more}`];
}

function describeConflicts({ domains }: UpdateResult): readonly string[] {
  return domains.flatMap(({ domain, conflicts }) => conflicts.map((conflict) => `${domain}: ${conflict}`));
}

function describeNotes({ root, domains, held, staleProcesses, dryRun }: UpdateResult): readonly string[] {
  const using = staleProcesses.map(({ domain, pid, command, files }) => {
    const few = files.slice(0, mostNamed).map(escapeLines).join(' ');
    return `${domain}: process ${pid} (${escapeLines(command).slice(0, 60)}) still uses replaced files: ${few}`;
  });
  const changed = domains.filter(({ changes }) => changes.length > 0).length;
  const open = domains.filter(({ conflicts }) => conflicts.length > 0).length;
  const summary = [
    ...(changed > 0 ? [`${dryRun ? 'Would change' : 'Changed'} ${describeCount(changed, 'domain')}`] : []),
    ...(open > 0 ? [`${describeCount(open, 'domain')} cannot be brought up to date as a whole`] : []),
  ].join('; ');
  return [
    ...using,
    ...(using.length === 0 ? [] : ['Start these programs anew: until then they run the old versions.']),
    ...(held.length === 0 ? [] : [`Held since a rollback, and passed by: ${held.join(' ')}`]),
    summary === '' ? `Up to date: ${escapeLines(root)}` : `${summary} (in ${escapeLines(root)}).`,
  ];
}
