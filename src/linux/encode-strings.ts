import koffi from 'koffi';

/**
 * A NULL-terminated array of pointers to C strings, and behind it, in the same block, the strings. The block stays where it
 * is as long as it is referred to.
 */
export function encodeStrings(list: readonly Uint8Array[]): Uint8Array {
  const table = 8 * (list.length + 1);
  const size = list.reduce((sum, each) => sum + each.byteLength + 1, table);
  // One of few bytes would be kept among the objects that the garbage collector moves.
  const block = new Uint8Array(new ArrayBuffer(Math.max(128, size)));
  const view = new DataView(block.buffer);
  const base = BigInt(koffi.address(block));
  let offset = table;
  for (const [index, each] of list.entries()) {
    view.setBigUint64(8 * index, base + BigInt(offset), true);
    block.set(each, offset);
    offset += each.byteLength + 1;
  }
  return block;
}
