import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Policy } from './service.ts';

/** What can be kept of a policy by a virtuald that sees one connection only. */
export type OneShotPolicy = Pick<
  Policy,
  'user' | 'nice' | 'limits' | 'noNewPrivileges' | 'capabilities' | 'allow' | 'deny' | 'refusal' | 'verbose'
>;

/** Flags that make sense for one connection alone. */
const flags = [
  'user',
  'nice',
  'limit',
  'no-new-privileges',
  'capability',
  'allow',
  'deny',
  'refusal',
  'verbose',
] as const;

/** Throws BAD_USAGE for a flag that only a virtuald which lasts can keep. */
export function requireOneShotFlags(given: readonly string[]): void {
  const foreign = given.find((flag) => !flags.some((each) => each === flag));
  if (foreign === undefined) return;
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot use --${foreign} for one connection`,
    why: 'only a virtuald that lasts counts connections and listens to what comes before them',
    mend: 'leave the option out, or let virtuald listen itself: virtuald --listen PORT … or virtuald --config',
  });
}
