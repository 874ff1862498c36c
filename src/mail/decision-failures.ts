import type { DecisionResult } from './decision.ts';
import type { EnhancedStatus } from './mail-types.ts';

export type Failure = Exclude<DecisionResult, { type: 'mailboxes' }>;

/** For good. `about`, which is escaped, is for the log alone. */
export function refused(status: EnhancedStatus, why: string, about?: string): Failure {
  return { type: 'refused', status, why, detail: about === undefined ? why : `${about}: ${why}` };
}

export function unknownDomain(name: string): Failure {
  return refused('5.1.2', 'no such domain here', name);
}

export function unknownUser(shown: string): Failure {
  return refused('5.1.1', 'no such user here', shown);
}

/** Something of the domain's is not as it must be: `detail` says what, and strangers do not hear of it. */
export function trouble(detail: string): Failure {
  return { type: 'later', status: '4.3.5', why: 'this address cannot be served for now', detail };
}
