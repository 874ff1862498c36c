import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { disableConfLines, enableConfLines, type ServiceWish } from '../../../src/domain/service-lines.ts';

const one = '/virtual/one.org';
const two = '/virtual/two.org';

describe('enableConfLines', () => {
  it('gives each address a line, and keeps every other byte', () => {
    const text = `# caf\xe9\r\n192.0.2.9\t${two}`;
    expect(enableConfLines(text, wish({ addresses: ['192.0.2.1', '2001:db8::1'] }))).toEqual({
      text: `${text}\n192.0.2.1 ${one}\n2001:db8::1 ${one}\n`,
      added: ['192.0.2.1', '2001:db8::1'],
      refused: [],
    });
  });

  it('adds only what lacks, and names the tree as its lines do', () => {
    const text = `192.0.2.1 /virtual/www.one.org\n`;
    const directories = [one, '/virtual/www.one.org'];
    expect(enableConfLines(text, wish({ addresses: ['192.0.2.1', '192.0.2.2'], directories }))).toEqual({
      text: `${text}192.0.2.2 /virtual/www.one.org\n`,
      added: ['192.0.2.2'],
      refused: [],
    });
    const whole = `192.0.2.1 ${one}//\n`;
    expect(enableConfLines(whole, wish({ addresses: ['192.0.2.1'] }))).toEqual({
      text: whole,
      added: [],
      refused: [],
    });
  });

  it("adds nothing at all where one address is another directory's", () => {
    const text = `192.0.2.2 ${two}\n`;
    expect(enableConfLines(text, wish({ addresses: ['192.0.2.1', '192.0.2.2'] }))).toEqual({
      text,
      added: [],
      refused: [{ key: '192.0.2.2', directory: two }],
    });
    expect(enableConfLines(`default ${two}\n`, wish({ asDefault: true }))?.refused).toEqual([
      { key: 'default', directory: two },
    ]);
  });

  it('does not take a further line of an address, which only names the tree, for its own', () => {
    const text = `192.0.2.1 ${two}\n192.0.2.1 ${one}\n`;
    expect(enableConfLines(text, wish({ addresses: ['192.0.2.1'] }))?.refused).toEqual([
      { key: '192.0.2.1', directory: two },
    ]);
  });

  it('needs an address, or default, or a service that goes by names', () => {
    expect(enableConfLines('', wish({}))).toBeUndefined();
    expect(enableConfLines('', wish({ asDefault: true }))?.text).toBe(`default ${one}\n`);
    expect(enableConfLines(`sni ${two}\n`, wish({ sni: true }))?.text).toBe(`sni ${two}\nsni ${one}\n`);
    expect(enableConfLines('', wish({ sni: true, addresses: ['192.0.2.1'] }))?.text).toBe(
      `192.0.2.1 ${one}\n`,
    );
  });
});

describe('disableConfLines', () => {
  it('takes all lines of the tree, and keeps every other byte', () => {
    const text = `# one\n192.0.2.1 ${one}\nnonsense ${one}\ndefault /virtual/www.one.org/\n192.0.2.2 ${two}`;
    expect(disableConfLines(text, [one, '/virtual/www.one.org'])).toEqual({
      text: `# one\nnonsense ${one}\n192.0.2.2 ${two}`,
      removed: ['192.0.2.1', 'default'],
    });
    expect(disableConfLines(text, ['/virtual/none.org'])).toEqual({ text, removed: [] });
  });
});

function wish(
  words: Partial<Omit<ServiceWish, 'addresses'>> & { readonly addresses?: readonly string[] },
): ServiceWish {
  const { addresses = [], ...rest } = words;
  return {
    directory: one,
    directories: [one],
    asDefault: false,
    sni: false,
    ...rest,
    addresses: addresses.map(parseIpAddress),
  };
}
