/** Numbers of socket(2) on every machine we run on. */
export const localSocket = 1;
export const internetSocket = 2;
export const netlinkSocket = 16;
export const packetSocket = 17;
export const stream = 1;
export const datagram = 2;
export const raw = 3;
export const nonBlocking = 0o4000;

/** `struct sockaddr_un` and its size, for a path, or for an abstract name that begins with NUL (unix(7)). */
export function localAddress(name: string): readonly [Buffer, number] {
  const bytes = Buffer.concat([Buffer.of(localSocket, 0), Buffer.from(name), Buffer.of(0)]);
  return [bytes, name.startsWith('\0') ? bytes.length - 1 : bytes.length];
}

/** `struct sockaddr_in` of 127.0.0.1 and its size. */
export function loopbackAddress(port: number): readonly [Buffer, number] {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(internetSocket, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set([127, 0, 0, 1], 4);
  return [bytes, bytes.length];
}
