const headerBytes = 4;
const entryBytes = 8;
const version = 2;
const namedUser = 0x02;
const namedGroup = 0x08;

/**
 * A POSIX access control list as the kernel keeps it (posix_acl_xattr.h: a version, then tag, permissions and id of each
 * entry) with its ids mapped; entries of somebody whose id has no counterpart are left out. undefined for what is none.
 */
export function mapAcl(bytes: Uint8Array, mapId: (id: number) => number | undefined): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole = bytes.length >= headerBytes && (bytes.length - headerBytes) % entryBytes === 0;
  if (!isWhole || view.getUint32(0, true) !== version) return undefined;
  const parts = [bytes.subarray(0, headerBytes)];
  for (let at = headerBytes; at < bytes.length; at += entryBytes) {
    // A Buffer's own slice would be the same memory.
    const entry = Uint8Array.from(bytes.subarray(at, at + entryBytes));
    const tag = view.getUint16(at, true);
    if (tag === namedUser || tag === namedGroup) {
      const id = mapId(view.getUint32(at + 4, true));
      if (id === undefined) continue;
      new DataView(entry.buffer).setUint32(4, id, true);
    }
    parts.push(entry);
  }
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
