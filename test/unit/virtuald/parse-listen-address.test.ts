import { describe, expect, it } from 'vitest';
import { describeListenAddress, parseListenAddress } from '../../../src/virtuald/parse-listen-address.ts';
import { parseServicesFile } from '../../../src/virtuald/parse-services-file.ts';
import { thrownBy } from '../../support/thrown.ts';

const findPort = parseServicesFile(`
# Network services
ftp		21/tcp
fsp		21/udp		fspd
pop3		110/tcp		pop-3		# POP version 3
domain		53/udp
http		80/tcp		www
http		8080/tcp	www	web
broken		x/tcp
huge		70000/tcp
none		0/tcp
#ssh		22/tcp
last		7/tcp`);

describe('parseListenAddress', () => {
  it.each([
    ['21', undefined, 21, '*:21'],
    ['ftp', undefined, 21, '*:21'],
    ['*:ftp', undefined, 21, '*:21'],
    ['192.0.2.1:2121', '192.0.2.1', 2121, '192.0.2.1:2121'],
    ['192.0.2.1:pop-3', '192.0.2.1', 110, '192.0.2.1:110'],
    ['[2001:DB8::1]:25', '2001:db8::1', 25, '[2001:db8::1]:25'],
    ['[::]:1', '::', 1, '[::]:1'],
    ['0.0.0.0:65535', '0.0.0.0', 65_535, '0.0.0.0:65535'],
    ['[::ffff:192.0.2.1]:25', '192.0.2.1', 25, '192.0.2.1:25'],
  ])('reads %s', (text, address, port, shown) => {
    const read = parseListenAddress(text, findPort);
    expect(read).toEqual({ address, port });
    expect(describeListenAddress(read)).toBe(shown);
  });

  it.each([
    '',
    ':',
    '0',
    '65536',
    '99999999999',
    'nothing',
    '192.0.2.1',
    '192.0.2.1:',
    ':21',
    '::1',
    '2001:db8::1:21',
    '[::1]',
    '[::1]:',
    '::1:ftp',
    '2001:db8::1:65535',
    '[192.0.2.1]:21',
    '[fe80::1%eth0]:21',
    'one.example:21',
    '1.2.3:21',
    '-1',
    '2e1',
    ' 21',
  ])('refuses %j', (text) => {
    expect(thrownBy(() => parseListenAddress(text, findPort)).code).toBe('BAD_ADDRESS');
  });

  it('says how IPv6 is to be given', () => {
    expect(thrownBy(() => parseListenAddress('2001:db8::1:21', findPort)).why).toContain('in brackets');
  });
});

describe('parseServicesFile', () => {
  it('knows names and aliases of TCP, the first of each', () => {
    expect(['ftp', 'pop3', 'pop-3', 'http', 'www', 'web', 'last'].map(findPort)).toEqual([
      21, 110, 110, 80, 80, 8080, 7,
    ]);
  });

  it('knows nothing of UDP, of comments and of broken lines', () => {
    expect(['fsp', 'domain', 'POP', '#ssh', 'ssh', 'broken', 'huge', 'none', ''].map(findPort)).toEqual(
      Array.from({ length: 9 }, () => undefined),
    );
  });
});
