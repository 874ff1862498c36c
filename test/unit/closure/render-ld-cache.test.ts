import { describe, expect, test } from 'vitest';
import { renderLdCache } from '../../../src/closure/render-ld-cache.ts';

describe('renderLdCache', () => {
  test('writes the header glibc looks for', () => {
    const view = viewOf(renderLdCache([{ soname: 'liba.so', path: '/lib/liba.so' }], 62));
    expect(text(view, 0, 20)).toBe('glibc-ld.so.cache1.1');
    expect(view.getUint32(20, true)).toBe(1);
    expect(view.getUint32(24, true)).toBe(view.byteLength - 48 - 24);
    expect(view.getUint8(28)).toBe(2);
  });

  test.each([
    [62, 0x0303],
    [183, 0x0a03],
  ] as const)('marks libraries of machine %i with flags %i', (machine, flags) => {
    expect(entries(renderLdCache([{ soname: 'liba.so', path: '/lib/liba.so' }], machine))).toEqual([
      { flags, soname: 'liba.so', path: '/lib/liba.so' },
    ]);
  });

  test('puts the greatest name first, and of one name the first given', () => {
    const libraries = [
      { soname: 'liba.so.2', path: '/1/liba.so.2' },
      { soname: 'liba.so.10', path: '/1/liba.so.10' },
      { soname: 'libb.so', path: '/1/libb.so' },
      { soname: 'liba.so.2', path: '/2/liba.so.2' },
    ];
    expect(entries(renderLdCache(libraries, 62)).map(({ path }) => path)).toEqual([
      '/1/libb.so',
      '/1/liba.so.10',
      '/1/liba.so.2',
      '/2/liba.so.2',
    ]);
  });

  test('writes an empty cache too', () => {
    expect(renderLdCache([], 62)).toHaveLength(48);
  });
});

function entries(bytes: Uint8Array) {
  const view = viewOf(bytes);
  return Array.from({ length: view.getUint32(20, true) }, (_, index) => {
    const at = 48 + 24 * index;
    const string = (offset: number) => text(view, offset, bytes.indexOf(0, offset) - offset);
    return {
      flags: view.getUint32(at, true),
      soname: string(view.getUint32(at + 4, true)),
      path: string(view.getUint32(at + 8, true)),
    };
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
}
