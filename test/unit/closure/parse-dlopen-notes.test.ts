import { describe, expect, test } from 'vitest';
import { parseDlopenNotes } from '../../../src/closure/parse-dlopen-notes.ts';
import { parseElf } from '../../../src/closure/parse-elf.ts';
import { buildElf, readerOf } from '../../support/build-elf.ts';

describe('parseDlopenNotes', () => {
  test('reads several notes, and several items in one', () => {
    expect(
      parse(
        '[{"soname":["liba.so"],"priority":"suggested"},{"soname":["libb.so"],"priority":"required"}]',
        '[{"feature":"c","soname":["libc.so","libc.so.0"],"priority":"recommended"}]',
      ),
    ).toEqual([
      { sonames: ['liba.so'], priority: 'suggested' },
      { sonames: ['libb.so'], priority: 'required' },
      { sonames: ['libc.so', 'libc.so.0'], priority: 'recommended' },
    ]);
  });

  test('takes an item without priority for a recommendation', () => {
    expect(parse('[{"soname":["liba.so"]}]')).toEqual([{ sonames: ['liba.so'], priority: 'recommended' }]);
  });

  test.each([
    'no json',
    '{"soname":["liba.so"]}',
    '[null,1,"liba.so",[]]',
    '[{"soname":"liba.so"}]',
    '[{"soname":[]}]',
    '[{"soname":["liba.so"],"priority":"vital"}]',
    '['.repeat(20_000),
  ])('finds nothing in %s', (text) => {
    expect(parse(text)).toEqual([]);
  });

  test('takes names only: no path, no NUL, nothing endless', () => {
    const names = ['/etc/shadow', '../../etc/shadow', 'a\\u0000b', '', 'x'.repeat(300), 'liba.so'];
    expect(parse(`[{"soname":${JSON.stringify(names).replaceAll('\\\\u', '\\u')}}]`)).toEqual([
      { sonames: ['liba.so'], priority: 'recommended' },
    ]);
  });

  test('reads over notes of other types and owners', () => {
    expect(raw([4, 4, 0xcafe1a7e], 'FDO\0', '[]\0\0')).toEqual([]);
    expect(raw([4, 4, 0x407c0c0a], 'GNU\0', '[]\0\0')).toEqual([]);
  });

  test('ends at a note that claims more than there is', () => {
    expect(raw([0xffffffff, 4, 0x407c0c0a], 'FDO\0', '[]\0\0')).toEqual([]);
    expect(raw([4, 0xffffffff, 0x407c0c0a], 'FDO\0', '[]\0\0')).toEqual([]);
  });
});

function parse(...notes: string[]) {
  const facts = parseElf(readerOf(buildElf({ notes })));
  return facts.kind === 'elf' ? facts.dlopen : facts;
}

function raw(numbers: readonly number[], ...texts: readonly string[]) {
  const view = new DataView(new ArrayBuffer(12 + texts.join('').length));
  for (const [index, number] of numbers.entries()) view.setUint32(4 * index, number, true);
  new Uint8Array(view.buffer).set(new TextEncoder().encode(texts.join('')), 12);
  return parseDlopenNotes(view, { littleEndian: true, align: 4 });
}
