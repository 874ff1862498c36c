import { describe, expect, it } from 'vitest';
import { parseConf } from '../../../src/domain/conf-lines.ts';
import { type DomainName, parseDomainName } from '../../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import {
  findByAddress,
  findByServerName,
  makeAddressTable,
  withServerNames,
} from '../../../src/virtuald/address-table.ts';
import { decideTable } from '../../../src/virtuald/decide-table.ts';

const roots = ['/virtual', '/disk2/trees'];

describe('makeAddressTable', () => {
  it('finds the trees of the file that the HOWTO has', () => {
    const find = finder('10.10.10.129 /virtual/foo.bar.com\n10.10.10.130 /virtual/bar.foo.com\n');
    expect(find('10.10.10.129')).toBe('/virtual foo.bar.com');
    expect(find('10.10.10.130')).toBe('/virtual bar.foo.com');
    expect(find('10.10.10.131')).toBeUndefined();
  });

  it.each([
    ['no line break at the end', '10.10.10.130 /virtual/bar.foo.com'],
    ['a tab', '10.10.10.130\t/virtual/bar.foo.com\n'],
    ['many blanks', '10.10.10.130  \t /virtual/bar.foo.com\n'],
    ['a trailing blank', '10.10.10.130 /virtual/bar.foo.com \n'],
    ['the line ends of DOS', '# x\r\n10.10.10.130 /virtual/bar.foo.com\r\n'],
    ['a comment behind it', '10.10.10.130 /virtual/bar.foo.com # mail too\n'],
    ['comments and empty lines around it', '\n# first\n   # second\n10.10.10.130 /virtual/bar.foo.com\n\n'],
    ['a slash too many', '10.10.10.130 //virtual//bar.foo.com/\n'],
    ['the address in another spelling', '::ffff:a0a:a82 /virtual/bar.foo.com\n'],
  ])('reads a line with %s', (_, text) => {
    expect(finder(text)('10.10.10.130')).toBe('/virtual bar.foo.com');
  });

  it('takes default only where no address matches, wherever it stands and whatever is in front of it', () => {
    const find = finder(' default /virtual/other.example\n192.0.2.1 /virtual/one.example\n');
    expect(find('192.0.2.1')).toBe('/virtual one.example');
    expect(find('2001:db8::1')).toBe('/virtual other.example');
  });

  it('finds IPv6 and IPv4 within it in any spelling', () => {
    const find = finder('2001:DB8:0:0::1 /virtual/six.example\n192.0.2.1 /virtual/four.example\n');
    expect(find('2001:db8::1')).toBe('/virtual six.example');
    expect(find('::ffff:192.0.2.1')).toBe('/virtual four.example');
  });

  it('gives several addresses one tree, and one address its first line', () => {
    const { table } = made(
      '192.0.2.1 /virtual/one.example\n192.0.2.2 /virtual/one.example/\n192.0.2.1 /virtual/two.example\n',
    );
    const [first, second] = ['192.0.2.1', '192.0.2.2'].map((each) =>
      findByAddress(table, parseIpAddress(each)),
    );
    expect(first).toBe(second);
    expect(first).toEqual({ root: '/virtual', name: 'one.example' });
  });

  it('knows trees by their name alone that share an address with another, or have none', () => {
    const { table, complaints } = made(
      '192.0.2.1 /virtual/one.example\n192.0.2.1 /virtual/two.example\nsni /virtual/three.example\n',
    );
    expect(complaints).toEqual([]);
    expect([...table.byAddress.keys()]).toEqual(['192.0.2.1']);
    expect(findByAddress(table, parseIpAddress('192.0.2.1'))?.name).toBe('one.example');
    expect(table.standard).toBeUndefined();
    for (const name of ['one.example', 'two.example', 'three.example'])
      expect(findByServerName(table, parseDomainName(name))?.name).toBe(name);
  });

  it('takes the first of several default lines', () => {
    const { table } = made('default /virtual/one.example\ndefault /virtual/two.example\n');
    expect(table.standard?.name).toBe('one.example');
  });

  it('knows the trees of every root', () => {
    expect(finder('192.0.2.1 /disk2/trees/one.example\n')('192.0.2.1')).toBe('/disk2/trees one.example');
  });

  it.each([
    '/virtual',
    '/virtual/',
    '/',
    '/home/one.example',
    '/virtual/../etc/one.example',
    '/virtual/one.example/../two.example',
    '/virtual/.virtfs',
    '/virtual/one.example/home',
    '/virtual/./one.example',
    '/virtual/localhost',
    '/virtual/One.Example',
    '/virtual/b\u00fccher.example',
    '/disk2/one.example',
  ])('complains of the directory %j', (directory) => {
    const { table, complaints } = made(`# x\n192.0.2.1 ${directory}\ndefault /virtual/other.example\n`);
    expect(complaints).toEqual([{ line: 2, why: expect.any(String) }]);
    expect(table.byAddress.size).toBe(0);
  });

  it('says complaints in the order of the lines', () => {
    const { complaints } = made('192.0.2.1 /etc/one.example\nnonsense\n192.0.2.2 /etc/two.example\n');
    expect(complaints.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('can go to another thread', () => {
    const { table } = made('192.0.2.1 /virtual/one.example\n');
    expect(findByAddress(structuredClone(table), parseIpAddress('192.0.2.1'))?.name).toBe('one.example');
  });
});

describe('findByServerName', () => {
  const { table } = made('192.0.2.1 /virtual/one.example\ndefault /virtual/a.two.example\n');
  const find = (name: string) => findByServerName(table, name as DomainName)?.name;

  it('takes the name itself, or drops its first labels', () => {
    expect(find('one.example')).toBe('one.example');
    expect(find('mail.one.example')).toBe('one.example');
    expect(find('x.y.a.two.example')).toBe('a.two.example');
  });

  it('does not take the end of a label, nor a longer name, nor the end of all names', () => {
    expect(['anyone.example', 'two.example', 'example', 'one.example.org'].map(find)).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });

  it('knows further names, which take no tree away', () => {
    const place = { root: '/virtual', name: parseDomainName('a.two.example') };
    const more = withServerNames(table, [
      [parseDomainName('alias.example'), place],
      [parseDomainName('one.example'), place],
    ]);
    expect(findByServerName(more, parseDomainName('www.alias.example'))).toBe(place);
    expect(findByServerName(more, parseDomainName('one.example'))?.name).toBe('one.example');
  });
});

describe('decideTable', () => {
  const good = { old: undefined, text: '192.0.2.1 /virtual/one.example\n', file: '/virtual/conf.ftp', roots };

  it('takes a good text', () => {
    const { table, complaints } = decideTable(good);
    expect(complaints).toEqual([]);
    expect(table && findByAddress(table, parseIpAddress('192.0.2.1'))?.name).toBe('one.example');
  });

  it('keeps the old table when one line is wrong, and says which', () => {
    const { table: old } = decideTable(good);
    const text = '192.0.2.1 /virtual/two.example\n192.0.2.2\n192.0.2.3 /etc\u001b\n';
    const { table, complaints } = decideTable({ ...good, old, text });
    expect(table).toBe(old);
    expect(complaints).toEqual([
      expect.stringMatching(/^\/virtual\/conf\.ftp, line 2: /u),
      expect.stringMatching(/^\/virtual\/conf\.ftp, line 3: \/etc\\x1b /u),
    ]);
  });

  it('has no table where the first text is wrong already', () => {
    expect(decideTable({ ...good, text: 'x' }).table).toBeUndefined();
  });

  it('takes an empty text: nobody is served then', () => {
    const { table } = decideTable({ ...good, old: decideTable(good).table, text: '' });
    expect(table?.byAddress.size).toBe(0);
  });
});

function made(text: string) {
  return makeAddressTable(parseConf(text), roots);
}

/** Asks a table without complaints: the root and the name. */
function finder(text: string): (address: string) => string | undefined {
  const { table, complaints } = made(text);
  expect(complaints).toEqual([]);
  return (address) => {
    const place = findByAddress(table, parseIpAddress(address));
    return place && `${place.root} ${place.name}`;
  };
}
