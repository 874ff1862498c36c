import { describe, expect, it } from 'vitest';
import {
  addConfLine,
  parseConf,
  removeConfLines,
  renameConfDirectory,
} from '../../../src/domain/conf-lines.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';

const one = '/virtual/one.org';
const two = '/virtual/two.org';
const ip = parseIpAddress;

describe('parseConf', () => {
  it('reads addresses and directories, and passes by comments and blank lines', () => {
    const text = `# ftp\n\n192.0.2.1\t${one}\n  2001:DB8::0:1   ${two}  # the second\n\t# more\ndefault ${one}\r\n`;
    expect(parseConf(text)).toEqual({
      lines: [
        { line: 3, address: '192.0.2.1', directory: one },
        { line: 4, address: '2001:db8::1', directory: two },
        { line: 6, address: 'default', directory: one },
      ],
      complaints: [],
    });
  });

  it('reads a last line without a line break whole', () => {
    expect(parseConf(`192.0.2.1 ${one}`).lines).toEqual([{ line: 1, address: '192.0.2.1', directory: one }]);
  });

  it('finds nothing in nothing', () => {
    expect(parseConf('')).toEqual({ lines: [], complaints: [] });
    expect(parseConf('\n\n')).toEqual({ lines: [], complaints: [] });
  });

  // biome-ignore format: a table
  it.each([
    ['192.0.2.1',                  "'192.0.2.1' has no directory behind it"],
    [`192.0.2.1 ${one} ftpd`,      "'ftpd' is one word too many: ADDRESS DIRECTORY"],
    ['192.0.2.1 one.org',          "the directory 'one.org' does not begin with /"],
    [`192.0.2.256 ${one}`,         "'192.0.2.256' is neither an IP address nor default nor sni"],
    [`a\u001b[2J ${one}`,          "'a\\x1b[2J' is neither an IP address nor default nor sni"],
  ])('complains of %j with its line', (line, why) => {
    expect(parseConf(`# first\n${line}\n`)).toEqual({ lines: [], complaints: [{ line: 2, why }] });
  });

  it('takes the first line of an address, and one that says otherwise as a name of its tree alone', () => {
    const text = `::1 ${one}\n0:0::1 ${one}/\n::1 ${two}\n`;
    expect(parseConf(text)).toEqual({
      lines: [
        { line: 1, address: '::1', directory: one },
        { line: 2, address: '::1', directory: `${one}/` },
        { line: 3, address: '::1', directory: two, shared: true },
      ],
      complaints: [],
    });
  });

  it('reads any number of trees that only a name leads to', () => {
    expect(parseConf(`sni ${one}\nsni ${two}\n`).lines).toEqual([
      { line: 1, address: 'sni', directory: one },
      { line: 2, address: 'sni', directory: two },
    ]);
  });
});

describe('addConfLine', () => {
  it('puts the line behind the last one of its directory, and keeps every other byte', () => {
    const text = `# a\r\n192.0.2.1 ${one}\nnonsense\n192.0.2.9  ${two}`;
    expect(addConfLine(text, ip('192.0.2.2'), one)).toBe(
      `# a\r\n192.0.2.1 ${one}\n192.0.2.2 ${one}\nnonsense\n192.0.2.9  ${two}`,
    );
  });

  it('puts the first line of a directory at the end', () => {
    expect(addConfLine('', ip('192.0.2.1'), one)).toBe(`192.0.2.1 ${one}\n`);
    expect(addConfLine('# a\n', 'default', one)).toBe(`# a\ndefault ${one}\n`);
    expect(addConfLine('# a', ip('192.0.2.1'), one)).toBe(`# a\n192.0.2.1 ${one}\n`);
  });

  it('ends a last line that has no line break, and gives the new one none either', () => {
    expect(addConfLine(`192.0.2.1 ${one}`, ip('192.0.2.2'), one)).toBe(`192.0.2.1 ${one}\n192.0.2.2 ${one}`);
  });

  it('changes nothing where the address has the directory, however both are spelled', () => {
    const text = `2001:DB8:0::1 /virtual//one.org/\n`;
    expect(addConfLine(text, ip('2001:db8::1'), one)).toBe(text);
  });

  it('gives a tree a line of sni beside those of others', () => {
    expect(addConfLine(`sni ${two}\n`, 'sni', one)).toBe(`sni ${two}\nsni ${one}\n`);
    expect(addConfLine(`sni ${one}/\n`, 'sni', one)).toBe(`sni ${one}/\n`);
  });

  it('does not take a further line of an address for the one that counts', () => {
    expect(addConfLine(`::1 ${two}\n::1 ${one}\n`, ip('::1'), one)).toBeUndefined();
  });

  it('answers undefined where another directory has the address', () => {
    expect(addConfLine(`192.0.2.1 ${two}\n`, ip('192.0.2.1'), one)).toBeUndefined();
  });
});

describe('removeConfLines', () => {
  const text = `# one\n192.0.2.1 ${one}\n192.0.2.2 ${two}\n192.0.2.3 ${one}/ # last`;

  it('drops every line of a directory and keeps the others byte for byte', () => {
    expect(removeConfLines(text, one)).toBe(`# one\n192.0.2.2 ${two}\n`);
  });

  it('drops the line of one address alone', () => {
    expect(removeConfLines(text, one, ip('192.0.2.3'))).toBe(`# one\n192.0.2.1 ${one}\n192.0.2.2 ${two}\n`);
    expect(removeConfLines(text, one, ip('192.0.2.2'))).toBe(text);
  });

  it('leaves alone a directory whose name only begins alike, and lines it cannot read', () => {
    const other = `192.0.2.1 ${one}.uk\n192.0.2.300 ${one}\n# 192.0.2.1 ${one}\n`;
    expect(removeConfLines(other, one)).toBe(other);
  });

  it('drops a second line of the address too', () => {
    expect(removeConfLines(`::1 ${two}\n::1 ${one}\n`, one)).toBe(`::1 ${two}\n`);
  });
});

describe('renameConfDirectory', () => {
  it('changes the directory and keeps white space, comments and line breaks', () => {
    const text = `\t192.0.2.1 \t${one}/  # of ${one}\r\ndefault ${two}\n# ${one}\n::1 ${one}`;
    expect(renameConfDirectory(text, one, '/virtual/new.org')).toBe(
      `\t192.0.2.1 \t/virtual/new.org  # of ${one}\r\ndefault ${two}\n# ${one}\n::1 /virtual/new.org`,
    );
  });

  it('leaves alone a line it cannot read', () => {
    const text = `192.0.2.1 ${one} ${one}\n`;
    expect(renameConfDirectory(text, one, two)).toBe(text);
  });
});
