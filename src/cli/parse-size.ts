// biome-ignore format: a table
const units: Readonly<Record<string, number>> = {
  '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, ki: 1024, mi: 1024 ** 2, gi: 1024 ** 3, ti: 1024 ** 4,
};

/** Bytes of a size as people write it: `500MB`, `1.5 GB`, `2GiB`, `100000`; undefined for anything else, and for less than one. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?((?:[kmgt]i?)?)b?$/iu.exec(text) ?? [];
  const factor = units[unit.toLowerCase()];
  if (digits === '' || factor === undefined) return undefined;
  const bytes = Math.round(Number(digits) * factor);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
