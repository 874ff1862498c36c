import { describe, expect, test } from 'vitest';
import type { IpAddress } from '../../../src/domain/ip-address.ts';
import { describeMailListen, isLoopback, parseMailListen } from '../../../src/mail/parse-mail-listen.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('parseMailListen', () => {
  test.each([
    ['unix:/run/virtfs/lmtp.sock', { type: 'unix', path: '/run/virtfs/lmtp.sock' }],
    ['127.0.0.1:24', { type: 'ip', address: '127.0.0.1', port: 24 }],
    ['[::1]:24', { type: 'ip', address: '::1', port: 24 }],
    ['192.0.2.1:65535', { type: 'ip', address: '192.0.2.1', port: 65_535 }],
  ])('reads %s, and writes it again', (text, place) => {
    expect(parseMailListen(text)).toEqual(place);
    expect(describeMailListen(parseMailListen(text))).toBe(text);
  });

  test.each([
    '',
    '24',
    ':24',
    '*:24',
    'localhost:24',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '::1:24',
    '[127.0.0.1]:24',
    '[::1%lo]:24',
    'unix:',
    'unix:lmtp.sock',
    'unix:/run/',
    'unix:/a\nb',
    `unix:/${'x'.repeat(107)}`,
    '/run/lmtp.sock',
  ])('refuses %j', (text) => {
    expect(thrownBy(() => parseMailListen(text)).code).toBe('BAD_ADDRESS');
  });
});

test('isLoopback tells what only this machine can reach', () => {
  const all = ['127.0.0.1', '127.255.0.9', '::1', '0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'fe80::1', '::2'];
  expect(all.filter((address) => isLoopback(address as IpAddress))).toEqual([
    '127.0.0.1',
    '127.255.0.9',
    '::1',
  ]);
});
