/** sockaddr_in of ip(7), or sockaddr_in6 of ipv6(7). The address is canonical: see `parseIpAddress`. */
export function encodeSocketAddress(address: string, port: number): Uint8Array {
  const v6 = address.includes(':');
  const bytes = new DataView(new ArrayBuffer(v6 ? 28 : 16));
  bytes.setUint16(0, v6 ? 10 : 2, true);
  bytes.setUint16(2, port, false);
  if (v6) {
    for (const [index, group] of groupsOf(address).entries()) bytes.setUint16(8 + 2 * index, group, false);
  } else {
    for (const [index, byte] of address.split('.').entries()) bytes.setUint8(4 + index, Number(byte));
  }
  return new Uint8Array(bytes.buffer);
}

function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = read(head);
  if (tail === undefined) return before;
  const after = read(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
