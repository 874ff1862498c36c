import { sysexit } from '../errors/sysexits.ts';
import { type ExitDialect, laterStatus } from './exit-dialect.ts';
import type { EnhancedStatus } from './mail-types.ts';

/** What became of a message, as far as its sender is told. */
export type Outcome =
  | { readonly type: 'delivered' }
  | { readonly type: 'refused' | 'later'; readonly status: EnhancedStatus; readonly why: string };

/** Every status a program that delivers one message ends with: 0, or one for good, or one for later. */
export function decideExitStatus(outcome: Outcome, dialect: ExitDialect): number {
  if (outcome.type === 'delivered') return sysexit.ok;
  if (outcome.type === 'later') return laterStatus(dialect);
  return dialect === 'qmail' ? refusedByQmail : sysexitOf(outcome.status);
}

const refusedByQmail = 100;

function sysexitOf(status: EnhancedStatus): number {
  if (status === '5.1.1' || status === '5.1.2') return sysexit.noUser;
  if (status.startsWith('5.1.')) return sysexit.dataErr;
  if (status.startsWith('5.7.')) return sysexit.noPerm;
  return sysexit.unavailable;
}
