import type { IpAddress } from '../domain/ip-address.ts';
import { type AccessLists, decideAccess, gatherAccess } from './decide-access.ts';
import type { Policy } from './service.ts';

/** Who may connect under which policy; the lists of each are made ready when they are first asked for. */
export class AccessBook {
  readonly #lists = new WeakMap<Policy, AccessLists>();

  allows(policy: Policy, client: IpAddress): boolean {
    let lists = this.#lists.get(policy);
    if (lists === undefined) {
      lists = gatherAccess(policy);
      this.#lists.set(policy, lists);
    }
    return decideAccess(lists, client);
  }
}
