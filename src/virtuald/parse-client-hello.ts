import { type DomainName, whyNotDomainName } from '../domain/domain-name.ts';
import { ByteReader } from './byte-reader.ts';

/** What the first bytes of a TLS client say. */
export type ClientHello =
  /** Nothing can be said before there are `atLeast` bytes in all. */
  | { readonly type: 'more'; readonly atLeast: number }
  | { readonly type: 'name'; readonly name: DomainName }
  /** It asks for no name, or for one that no domain can have. */
  | { readonly type: 'none' }
  | { readonly type: 'bad'; readonly why: string };

/** The most bytes a ClientHello may take with its record headers. Those with post-quantum keys have about 2 kB. */
export const longestClientHello = 16_384;

/** Clients that split it at all make a handful. Without a bound, one byte a record would make each look at it dear. */
const mostRecords = 32;

const recordHeader = 5;
const handshakeHeader = 4;

/**
 * Reads the server name (RFC 6066) out of all bytes that came so far, which may go on behind the ClientHello.
 * Costs next to nothing until the message is whole, so that it can be asked after each byte.
 */
export function parseClientHello(bytes: Uint8Array): ClientHello {
  const gathered = gatherHandshake(bytes.subarray(0, longestClientHello));
  if (!(gathered instanceof Uint8Array)) return gathered;
  return readHello(new ByteReader(gathered));
}

/** The body of the first handshake message, which may be spread over several records (RFC 8446, 5.1). */
function gatherHandshake(bytes: Uint8Array): Uint8Array | ClientHello {
  const parts: Uint8Array[] = [];
  let at = 0;
  let gathered = 0;
  let wanted = handshakeHeader;
  while (gathered < wanted) {
    if (parts.length === mostRecords) return bad(`the ClientHello is in more than ${mostRecords} records`);
    const record = readRecord(bytes, at);
    if (typeof record !== 'number') return record;
    const part = bytes.subarray(at + recordHeader, at + recordHeader + record);
    parts.push(part);
    gathered += part.length;
    const head = wanted === handshakeHeader ? readHead(parts) : wanted;
    if (typeof head !== 'number') return head;
    wanted = head;
    if (gathered < wanted && part.length < record) {
      // No more than the record has: what follows it is a header again, which has to be seen first.
      return needMore(at + recordHeader + Math.min(record, part.length + wanted - gathered));
    }
    at += recordHeader + record;
  }
  return join(parts).subarray(handshakeHeader, wanted);
}

/** The length of the record at `at`. */
function readRecord(bytes: Uint8Array, at: number): number | ClientHello {
  const [type, major, minor, high, low] = bytes.subarray(at, at + recordHeader);
  if (type !== undefined && type !== 22)
    return bad(at === 0 ? 'it is no TLS' : 'another record interrupts the ClientHello');
  if (major !== undefined && major !== 3) return bad('it is no TLS');
  if (minor !== undefined && minor > 4) return bad('it is no TLS');
  if (high === undefined || low === undefined) return needMore(at + recordHeader);
  const length = (high << 8) | low;
  if (length === 0) return bad('a record of the ClientHello is empty');
  if (length > 16_384) return bad('a record is longer than TLS allows');
  return length;
}

/** How long the message is with its header, as soon as that is there. */
function readHead(parts: readonly Uint8Array[]): number | ClientHello {
  const [type, high, middle, low] = join(parts);
  if (type !== undefined && type !== 1) return bad('its first message is no ClientHello');
  if (high === undefined || middle === undefined || low === undefined) return handshakeHeader;
  const length = handshakeHeader + ((high << 16) | (middle << 8) | low);
  return length + recordHeader > longestClientHello ? bad(tooLong) : length;
}

function readHello(hello: ByteReader): ClientHello {
  hello.skip(2 + 32);
  const session = hello.take(hello.number(1));
  const ciphers = hello.take(hello.number(2));
  const compressions = hello.take(hello.number(1));
  if (
    hello.isBroken ||
    session.length > 32 ||
    ciphers.length === 0 ||
    ciphers.length % 2 !== 0 ||
    compressions.length === 0
  )
    return bad('the ClientHello is broken');
  // TLS 1.2 without any extension ends here.
  if (hello.left === 0) return { type: 'none' };
  const extensions = new ByteReader(hello.take(hello.number(2)));
  if (hello.isBroken || hello.left > 0) return bad('the extensions have a wrong length');
  return readExtensions(extensions);
}

function readExtensions(extensions: ByteReader): ClientHello {
  const serverName = 0;
  let found: Uint8Array | undefined;
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const content = extensions.take(extensions.number(2));
    if (extensions.isBroken) return bad('an extension has a wrong length');
    if (type !== serverName) continue;
    if (found !== undefined) return bad('it asks for a server name twice');
    found = content;
  }
  return found === undefined ? { type: 'none' } : readServerNames(new ByteReader(found));
}

function readServerNames(content: ByteReader): ClientHello {
  const hostName = 0;
  const names = new ByteReader(content.take(content.number(2)));
  if (content.isBroken || content.left > 0) return bad('the server name has a wrong length');
  const type = names.number(1);
  const name = names.take(names.number(2));
  // RFC 6066 permits one name of a type, and has no other type.
  if (names.isBroken || names.left > 0 || type !== hostName) return bad('the server name has a wrong length');
  return decideName(name);
}

function decideName(bytes: Uint8Array): ClientHello {
  if (bytes.length === 0 || bytes.length > 255) return bad('the server name is empty or too long');
  if (bytes.some((byte) => byte < 0x21 || byte > 0x7e))
    return bad('the server name holds bytes that no name has');
  const name = Buffer.from(bytes).toString('latin1').toLowerCase().replace(/\.$/u, '');
  // An address, or one label alone: not right by the RFC, but harmless, and some clients do it.
  return whyNotDomainName(name) === undefined ? { type: 'name', name: name as DomainName } : { type: 'none' };
}

function needMore(atLeast: number): ClientHello {
  return atLeast > longestClientHello ? bad(tooLong) : { type: 'more', atLeast };
}

const tooLong = `the ClientHello is longer than ${longestClientHello} bytes`;

function bad(why: string): ClientHello {
  return { type: 'bad', why };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
