import { describe, expect, it } from 'vitest';
import { parseRemoved } from '../../../src/domain/parse-removed.ts';
import { thrownBy } from '../../support/thrown.ts';

const whole = {
  version: 1,
  domain: 'a.org',
  removed: '2026-01-02T03:04:05.678Z',
  aliases: ['www.a.org'],
  conf: [
    { file: 'conf.ftp', address: '192.0.2.1', directory: '/virtual/a.org' },
    { file: 'conf.pop', address: 'default', directory: '/virtual/a.org' },
    { file: 'conf.https', address: 'sni', directory: '/virtual/a.org' },
  ],
  directories: ['/virtual/a.org'],
};

describe('parseRemoved', () => {
  it('reads what virtfs remove wrote', () => {
    expect(parseRemoved(JSON.stringify(whole), 'file')).toEqual(whole);
    const purging = { ...whole, purging: true };
    expect(parseRemoved(JSON.stringify(purging), 'file')).toEqual(purging);
  });

  it.each([
    ['no JSON', '{"version":1'],
    ['no object', '7'],
    ['another version', { ...whole, version: 2 }],
    ['a time that is none', { ...whole, removed: 'yesterday' }],
    ['a name that leads elsewhere', { ...whole, domain: '../etc' }],
    ['an alias that is no name', { ...whole, aliases: [7] }],
    ['no list of aliases', { ...whole, aliases: undefined }],
    ['a line without a directory', { ...whole, conf: [{ file: 'conf.ftp', address: '192.0.2.1' }] }],
    ['a line of no address', { ...whole, conf: [{ file: 'conf.ftp', address: 'x', directory: '/' }] }],
    ['a directory that is no text', { ...whole, directories: [1] }],
  ])('refuses %s, and names the file', (_, value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    expect(thrownBy(() => parseRemoved(text, '/x/removed.json'))).toMatchObject({
      code: 'BAD_RECORD',
      what: 'cannot read /x/removed.json',
    });
  });
});
