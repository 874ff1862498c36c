import { parseDomainName } from '../../domain/domain-name.ts';
import { type IpAddress, parseIpAddress } from '../../domain/ip-address.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import {
  type AddressesRequest,
  addAddresses,
  type ChangedAddresses,
  removeAddresses,
} from '../../pipeline/change-addresses.ts';
import { sayWaiting } from '../choose-progress.ts';
import { finishChange } from '../finish-change.ts';
import type { AddressChangeCall } from '../specs/address-specs.ts';

export function runAddressAdd(call: AddressChangeCall): Promise<number> {
  const hint = (name: string, root: string, domain: string) =>
    `To give ${name} these at each boot too, write down what this prints: virtfs address list${root} ${domain} --interface ${name} --format ifupdown (or networkd)`;
  return change(call, addAddresses, {
    describe: ({ added }, address, domain) =>
      added.addresses.includes(address)
        ? `${address} is an address of ${domain} now.`
        : `${address} is an address of ${domain} already.`,
    describeInterface: ({ onInterface, record }, name, root) =>
      onInterface.length === 0
        ? [`${name} has what was asked for already.`, hint(name, root, record.domain)]
        : [`${name} has ${onInterface.join(' ')} until the next boot.`, hint(name, root, record.domain)],
  });
}

export function runAddressRemove(call: AddressChangeCall): Promise<number> {
  return change(call, removeAddresses, {
    describe: ({ removed }, address, domain) =>
      removed.addresses.includes(address)
        ? `${address} is no address of ${domain} any more.`
        : `${address} is no address of ${domain}.`,
    describeInterface: ({ onInterface }, name) =>
      onInterface.length === 0
        ? [`${name} had nothing to give up.`]
        : [
            `${name} has ${onInterface.join(' ')} no more. Where your network's own files name it (/etc/network, /etc/systemd/network), take it out there too, or it comes back at the next boot.`,
          ],
  });
}

interface Telling {
  /** What became of one address. */
  readonly describe: (changed: ChangedAddresses, address: IpAddress, domain: string) => string;
  readonly describeInterface: (changed: ChangedAddresses, name: string, root: string) => readonly string[];
}

async function change(
  { operands, values, io }: AddressChangeCall,
  work: (request: AddressesRequest) => Promise<ChangedAddresses>,
  { describe, describeInterface }: Telling,
): Promise<number> {
  const [first = '', ...rest] = operands;
  const wanted = parseDomainName(first);
  const addresses = [...new Set(rest.map(parseIpAddress))];
  const settings = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(settings.roots, wanted);
  const place = { settings, root, signal: io.signal, onWait: sayWaiting(values, io, root) };
  const changed = await work({ ...place, domain, addresses, interface: values.interface });
  const rootOption = values.root === undefined ? '' : ` --root ${root}`;
  const said = [
    ...addresses.map((address) => describe(changed, address, domain)),
    ...(values.interface === undefined ? [] : describeInterface(changed, values.interface, rootOption)),
  ];
  return finishChange({ place, changed, said, values, io });
}
