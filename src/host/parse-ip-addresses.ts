import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** An address of a network interface, with the length of its prefix: 32 or 128 for that address alone. */
export interface InterfaceAddress {
  readonly address: IpAddress;
  readonly prefix: number;
}

/** What `ip -json address show dev IF` prints. Undefined for text of another shape. */
export function parseIpAddresses(text: string): readonly InterfaceAddress[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // With iproute2 before 5.0 an object without fields stands for each interface that was not asked for.
    return Array.isArray(value) ? value.flatMap(addressesOf) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function addressesOf(link: { readonly addr_info?: unknown }): readonly InterfaceAddress[] {
  if (!Array.isArray(link?.addr_info)) return [];
  return link.addr_info.flatMap(({ local, prefixlen }: { local?: unknown; prefixlen?: unknown }) => {
    if (typeof local !== 'string' || typeof prefixlen !== 'number') return [];
    try {
      return [{ address: parseIpAddress(local), prefix: prefixlen }];
    } catch (error) {
      // An address of another family.
      if (error instanceof VirtfsError) return [];
      throw error;
    }
  });
}
