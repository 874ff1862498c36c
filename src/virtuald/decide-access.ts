import type { IpAddress } from '../domain/ip-address.ts';
import { gatherNetworks, isInNetworks, type NetworkSet } from './network.ts';
import type { Policy } from './service.ts';

/** The lists of a policy, made ready once for many connections. */
export interface AccessLists {
  readonly deny: NetworkSet;
  /** undefined lets all in. */
  readonly allow: NetworkSet | undefined;
}

export function gatherAccess({ allow, deny }: Pick<Policy, 'allow' | 'deny'>): AccessLists {
  return { deny: gatherNetworks(deny), allow: allow && gatherNetworks(allow) };
}

/** True when a client may connect: no network of `deny` has it, and one of `allow` does, if there is such a list. */
export function decideAccess({ deny, allow }: AccessLists, client: IpAddress): boolean {
  return !isInNetworks(deny, client) && (allow === undefined || isInNetworks(allow, client));
}
