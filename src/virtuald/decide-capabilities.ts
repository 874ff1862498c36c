import { allCapabilities } from './capability-names.ts';
import type { Policy } from './service.ts';

/** The set of capabilities(7) a service may have, one bit each: what its policy names, and never more than any may have. */
export function decideCapabilities({ capabilities }: Pick<Policy, 'capabilities'>): bigint {
  if (capabilities === undefined) return allCapabilities;
  return capabilities.reduce((set, number) => set | (1n << BigInt(number)), 0n) & allCapabilities;
}
