import { describe, expect, it } from 'vitest';
import { parseIpAddresses } from '../../../src/host/parse-ip-addresses.ts';

describe('parseIpAddresses', () => {
  it('takes the addresses with their prefixes out of what ip prints', () => {
    const text = JSON.stringify([
      {},
      {
        ifname: 'eth0',
        addr_info: [
          { family: 'inet', local: '192.0.2.1', prefixlen: 24, scope: 'global' },
          { family: 'inet6', local: '2001:db8::1', prefixlen: 128 },
          { family: 'mctp', local: '8', prefixlen: 8 },
          { family: 'inet' },
        ],
      },
    ]);
    expect(parseIpAddresses(text)).toEqual([
      { address: '192.0.2.1', prefix: 24 },
      { address: '2001:db8::1', prefix: 128 },
    ]);
  });

  it('finds none on an interface that has none', () => {
    expect(parseIpAddresses('[{"ifname":"eth0","addr_info":[]}]')).toEqual([]);
    expect(parseIpAddresses('[]')).toEqual([]);
  });

  it('answers undefined for text of another shape', () => {
    expect(parseIpAddresses('')).toBeUndefined();
    expect(parseIpAddresses('2: eth0: <UP>')).toBeUndefined();
    expect(parseIpAddresses('{}')).toBeUndefined();
  });
});
