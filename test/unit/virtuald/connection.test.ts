import { expect, test } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { describeConnection } from '../../../src/virtuald/connection.ts';

test('describeConnection has a line for the service, for both ends, and for the tree', () => {
  const local = { address: parseIpAddress('192.0.2.1'), port: 21 };
  const peer = { address: parseIpAddress('2001:db8::7'), port: 4711 };
  expect(describeConnection('ftp', { local, peer }, '/virtual/foo.bar.com')).toEqual({
    starting: 'starting ftp',
    incoming: 'incoming ip 192.0.2.1 port 21, client 2001:db8::7',
    inside: 'chroot dir /virtual/foo.bar.com',
  });
});
