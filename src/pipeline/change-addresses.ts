import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import {
  putInterfaceAddress,
  removeInterfaceAddress,
  requireInterface,
  withPrefix,
} from '../host/interface-addresses.ts';
import { type ChangedRecord, changeRecord, type RecordChange } from './change-record.ts';
import type { Taken } from './read-taken.ts';

export interface AddressesRequest
  extends Pick<RecordChange, 'settings' | 'root' | 'domain' | 'signal' | 'onWait'> {
  readonly addresses: readonly IpAddress[];
  /** A network interface of this host that gets the addresses, or gives them up. */
  readonly interface?: string | undefined;
}

export interface ChangedAddresses extends ChangedRecord {
  /** What the interface got or gave up, as ip-address(8) writes it: `192.0.2.1/32`. */
  readonly onInterface: readonly string[];
}

/**
 * Gives a domain addresses: first to the interface, where one is named, then to the record and all that follows from it.
 * When the interface refuses one, the record is as it was, and the error says what the interface has by then. Throws INTERFACE_MISSING, INTERFACE_FAILED, and as `changeRecord`.
 */
export async function addAddresses(request: AddressesRequest): Promise<ChangedAddresses> {
  const { addresses, interface: name, signal } = request;
  if (name !== undefined) requireInterface(name);
  const onInterface: string[] = [];
  const give = async () => {
    if (name === undefined) return;
    for (const address of addresses) {
      if (await putInterfaceAddress(name, address, signal)) onInterface.push(withPrefix(address));
    }
  };
  try {
    const changed = await changeRecord({
      ...request,
      about: { addresses },
      change: (record) => ({ ...record, addresses: [...record.addresses, ...addresses] }),
      beforeWrite: give,
    });
    return { ...changed, onInterface, isChanged: changed.isChanged || onInterface.length > 0 };
  } catch (error) {
    throw name === undefined ? error : sayGiven(error, name, onInterface);
  }
}

/** The error, with what of the work is done. */
function sayGiven(error: unknown, name: string, given: readonly string[]): unknown {
  if (given.length === 0 || !(error instanceof VirtfsError)) return error;
  const { code, what, why, mend } = error;
  const done = `before that, ${name} was given ${given.join(' ')}`;
  return new VirtfsError(code, { what, why: `${why}; ${done}`, mend, cause: error });
}

/**
 * Takes addresses from a domain: first from the record and all that follows from it, then from the interface, where one
 * is named. Calling it again does what an error left undone. Throws as `addAddresses`.
 */
export async function removeAddresses(request: AddressesRequest): Promise<ChangedAddresses> {
  const { addresses, interface: name, signal } = request;
  if (name !== undefined) requireInterface(name);
  const changed = await changeRecord({
    ...request,
    about: { addresses },
    change: (record, taken) => {
      requireNotOfOthers(addresses, record.domain, taken);
      return { ...record, addresses: record.addresses.filter((each) => !addresses.includes(each)) };
    },
  });
  if (name === undefined) return { ...changed, onInterface: [] };
  const onInterface: string[] = [];
  const problems = [...changed.problems];
  for (const address of addresses) {
    const done = await removeInterfaceAddress(name, address, signal);
    if (done === 'removed') onInterface.push(withPrefix(address));
    if (done === 'not ours') {
      problems.push(
        `${name} has ${address} with the prefix of a whole network, which virtfs did not put there: it stays`,
      );
    }
  }
  return { ...changed, problems, onInterface, isChanged: changed.isChanged || onInterface.length > 0 };
}

/** The interface would lose what another domain needs. */
function requireNotOfOthers(addresses: readonly IpAddress[], domain: DomainName, taken: Taken): void {
  for (const address of addresses) {
    const owner = taken.addresses.get(address);
    if (owner === undefined || owner === domain) continue;
    throw new VirtfsError('ADDRESS_TAKEN', {
      what: `cannot take the address ${address} from ${domain}`,
      why: `${owner} has it`,
      mend: `virtfs address remove ${owner} ${address}`,
    });
  }
}
