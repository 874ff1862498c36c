import { describe, expect, test } from 'vitest';
import { type ConfExchange, exchangeConfLines } from '../../../src/domain/exchange-conf-lines.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';

const [ip1, ip2, ip3] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(parseIpAddress);

describe('exchangeConfLines', () => {
  test('lets two domains exchange their only addresses, and both keep the service', () => {
    const before = `# mine\n${ip1} /v/a.org # first\n${ip2} /v/b.org/\n`;
    const { text, refused } = exchangeConfLines(before, [
      exchange('a.org', { gone: [ip1], added: [ip2] }),
      exchange('b.org', { gone: [ip2], added: [ip1] }),
    ]);
    expect(text).toBe(`# mine\n${ip2} /v/a.org\n${ip1} /v/b.org/\n`);
    expect(refused).toEqual([]);
  });

  test('changes nothing when it is done again', () => {
    const exchanges = [
      exchange('a.org', { gone: [ip1], added: [ip2] }),
      exchange('b.org', { gone: [ip2], added: [ip1] }),
    ];
    const { text } = exchangeConfLines(`${ip1} /v/a.org\n${ip2} /v/b.org\n`, exchanges);
    expect(exchangeConfLines(text, exchanges).text).toBe(text);
  });

  test('gives no service to a domain that has none', () => {
    const before = `${ip1} /v/a.org\n`;
    const { text } = exchangeConfLines(before, [
      exchange('a.org', { gone: [ip1] }),
      exchange('b.org', { added: [ip1] }),
    ]);
    expect(text).toBe('');
  });

  test('names the tree by its own name when the name it was named by goes', () => {
    const before = `${ip1} /v/www.a.org\n`;
    const { text } = exchangeConfLines(before, [
      exchange('a.org', { added: [ip2], names: ['www.a.org'], renamed: [['/v/www.a.org', '/v/a.org']] }),
      exchange('b.org', { added: [ip3] }),
    ]);
    expect(text).toBe(`${ip1} /v/a.org\n${ip2} /v/a.org\n`);
  });

  test('leaves an address alone that another directory has, and says so', () => {
    const before = `${ip1} /v/a.org\n${ip2} /elsewhere\n`;
    const { text, refused } = exchangeConfLines(before, [exchange('a.org', { added: [ip2] })]);
    expect(text).toBe(before);
    expect(refused).toEqual([ip2]);
  });
});

interface Words {
  readonly names?: readonly string[];
  readonly added?: readonly (typeof ip1)[];
  readonly gone?: readonly (typeof ip1)[];
  readonly renamed?: ConfExchange['renamed'];
}

function exchange(domain: string, { names = [], added = [], gone = [], renamed = [] }: Words): ConfExchange {
  const known = (list: readonly (typeof ip1)[]) => list.filter((each) => each !== undefined);
  return {
    directories: [domain, ...names].map((name) => `/v/${name}`),
    renamed,
    added: known(added),
    gone: known(gone),
  };
}
