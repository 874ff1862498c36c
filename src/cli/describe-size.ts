/** Bytes for people: `812 bytes`, `1.4 MB`. Powers of 1000, three digits. */
export function describeSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  let value = bytes;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1000;
    // 999.5 would be printed as 1000.
    if (value < 999.5 || unit === 'TB')
      return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** `1 tree`, `2 trees`; thousands apart: `12 345 files`. */
export function describeCount(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(?:\d{3})+$)/gu, ' ')} ${count === 1 ? one : many}`;
}
