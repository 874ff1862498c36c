import type { FailedChild } from '../linux/call-list.ts';
import type { AcceptorStart } from './acceptor-messages.ts';
import type { StarterParts } from './service-starter.ts';

/** What the starting thread must know before a job can be done. */
export type ToStarter =
  | { readonly type: 'know'; readonly starter: number; readonly parts: StarterParts }
  | { readonly type: 'forget' };

/** Why nothing was started for the job that failed. */
export type StartFailure = FailedChild | string;

/** How the starting thread begins. */
export interface StarterBeginning {
  readonly start: Omit<AcceptorStart, 'wakeFd'>;
  /** Jobs: see `JobBoard`. */
  readonly memory: SharedArrayBuffer;
  /** Wakes the accepting thread. */
  readonly answerFd: number;
}
