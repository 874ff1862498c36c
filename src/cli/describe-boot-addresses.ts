import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';

export const bootFormats = ['ifupdown', 'networkd'] as const;

export interface BootFormat {
  readonly type: (typeof bootFormats)[number];
  readonly interface: string;
}

interface DomainAddress {
  readonly address: IpAddress;
  readonly domain: DomainName;
}

/** The text of a file that gives an interface these addresses at each boot: interfaces(5) or systemd.network(5). */
export function describeBootAddresses(
  addresses: readonly DomainAddress[],
  format: BootFormat,
): readonly string[] {
  return format.type === 'ifupdown'
    ? describeIfupdown(addresses, format)
    : describeNetworkd(addresses, format);
}

function describeIfupdown(
  addresses: readonly DomainAddress[],
  { interface: name }: BootFormat,
): readonly string[] {
  return [
    `# Addresses of the domains of virtfs, beside what /etc/network/interfaces gives ${name}.`,
    '# Belongs into /etc/network/interfaces.d/virtfs, see interfaces(5).',
    ...addresses.flatMap(({ address, domain }) => [
      '',
      `# ${domain}`,
      `iface ${name} ${address.includes(':') ? 'inet6' : 'inet'} static`,
      `    address ${withPrefix(address)}`,
    ]),
  ];
}

function describeNetworkd(
  addresses: readonly DomainAddress[],
  { interface: name }: BootFormat,
): readonly string[] {
  return [
    '# Addresses of the domains of virtfs. Belongs into FILE.d/virtfs.conf in /etc/systemd/network, where FILE is the',
    `# name of the .network file that "networkctl status ${name}" shows; then: networkctl reload. See systemd.network(5).`,
    ...addresses.flatMap(({ address, domain }) => [
      '',
      `# ${domain}`,
      '[Address]',
      `Address=${withPrefix(address)}`,
    ]),
  ];
}

function withPrefix(address: IpAddress): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
