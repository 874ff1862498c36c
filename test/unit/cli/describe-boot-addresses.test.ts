import { describe, expect, it } from 'vitest';
import { describeBootAddresses } from '../../../src/cli/describe-boot-addresses.ts';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';

const addresses = [
  { address: parseIpAddress('192.0.2.1'), domain: parseDomainName('one.org') },
  { address: parseIpAddress('2001:db8::1'), domain: parseDomainName('two.org') },
];

describe('describeBootAddresses', () => {
  it('gives ifupdown a stanza for each address', () => {
    const lines = describeBootAddresses(addresses, { type: 'ifupdown', interface: 'eth0' });
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'iface eth0 inet static',
      '    address 192.0.2.1/32',
      'iface eth0 inet6 static',
      '    address 2001:db8::1/128',
    ]);
    expect(lines.join('\n')).toContain('/etc/network/interfaces.d/virtfs');
    expect(lines).toContain('# two.org');
  });

  it('gives networkd a section for each address, to be dropped in beside the file of the interface', () => {
    const lines = describeBootAddresses(addresses, { type: 'networkd', interface: 'eth0' });
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      '[Address]',
      'Address=192.0.2.1/32',
      '[Address]',
      'Address=2001:db8::1/128',
    ]);
    expect(lines.join('\n')).toContain('networkctl status eth0');
  });
});
