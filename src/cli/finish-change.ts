import { sysexit } from '../errors/sysexits.ts';
import type { ChangedRecord } from '../pipeline/change-record.ts';
import { type RefreshRequest, refreshDomain } from '../pipeline/refresh-domain.ts';
import { describeConsequences, describeNotes, describeRefreshed } from './change-words.ts';
import type { Io } from './io.ts';

export interface FinishedChange {
  readonly place: Omit<RefreshRequest, 'record'>;
  readonly changed: Pick<ChangedRecord, 'record' | 'confFiles' | 'isChanged' | 'notices' | 'problems'>;
  /** What became of each word, for people. */
  readonly said: readonly string[];
  readonly values: { readonly quiet?: boolean; readonly json?: boolean };
  readonly io: Io;
}

/**
 * Says what was changed in a record, brings the tree's own etc in line with it, and says what came of that. Answers the
 * exit status: 1 where something is left to be done by hand.
 */
export async function finishChange({ place, changed, said, values, io }: FinishedChange): Promise<number> {
  const say = (lines: readonly string[]) => {
    if (!values.quiet && !values.json) for (const line of lines) io.err(line);
  };
  say([...said, ...describeConsequences(changed, io.columns)]);
  const refreshed = await refreshDomain({ ...place, record: changed.record });
  say(describeRefreshed(refreshed, changed.record.domain, io.columns));
  const problems = [...changed.problems, ...refreshed.problems];
  // Silence is for what went well.
  if (values.quiet && !values.json) for (const line of describeNotes(problems, io.columns)) io.err(line);
  if (values.json) {
    const { record, ...rest } = changed;
    io.out(JSON.stringify({ root: place.root, ...record, ...rest, tree: refreshed }, undefined, 2));
  }
  return problems.length === 0 ? sysexit.ok : sysexit.findings;
}
