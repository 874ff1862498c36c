import { describe, expect, it } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { findTraces } from '../../../src/plan/find-traces.ts';

const record = {
  domain: parseDomainName('example.org'),
  aliases: [parseDomainName('www.example.net')],
  addresses: [parseIpAddress('192.0.2.1'), parseIpAddress('2001:db8::1')],
  uids: { first: 200_000, count: 10_000 },
};

describe('findTraces', () => {
  it('finds the name, an alias, an address and the ends of the range of ids', () => {
    const texts = [
      'myhostname = mail.Example.ORG',
      'a www.example.net b',
      'listen 192.0.2.1:25',
      'bind 2001:db8::1',
      'UID_MIN 200000',
      'GID_MAX\t209999',
    ];
    expect(texts.map((text) => findTraces(text, record))).toEqual([
      'example.org',
      'www.example.net',
      '192.0.2.1',
      '2001:db8::1',
      '200000',
      '209999',
    ]);
  });

  it('takes no longer word for one of them', () => {
    const texts = ['notexample.org', '192.0.2.11', '1192.0.2.1', '192.0.2.1.5', '1200000', '2000001'];
    expect(texts.map((text) => findTraces(text, record))).toEqual(texts.map(() => undefined));
  });
});
