/** An Ed25519 key pair as RFC 8032 has it: 32 bytes each. */
export interface Ed25519Pair {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

const algorithm = 'ssh-ed25519';

/** The public half as a line of ssh(1): `ssh-ed25519 BASE64 COMMENT`. */
export function renderSshPublicKey({ publicKey }: Ed25519Pair, comment: string): string {
  return `${algorithm} ${publicBlob(publicKey).toString('base64')} ${comment}\n`;
}

/**
 * The pair as ssh-keygen(1) writes it without a passphrase: PROTOCOL.key of OpenSSH. `check` is a random number of 32
 * bits, twice in the file, by which a wrong passphrase would be told.
 */
export function renderSshPrivateKey(
  { seed, publicKey }: Ed25519Pair,
  comment: string,
  check: number,
): string {
  const secret = Buffer.concat([
    number(check),
    number(check),
    text(algorithm),
    field(publicKey),
    field(Buffer.concat([seed, publicKey])),
    text(comment),
  ]);
  // Filled up to whole blocks of 8 bytes with 1, 2, 3 …
  const filled = Buffer.concat([secret, Uint8Array.from({ length: -secret.length & 7 }, (_, i) => i + 1)]);
  const noCipher = [text('none'), text('none'), text('')];
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...noCipher,
    number(1),
    field(publicBlob(publicKey)),
    field(filled),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/gu) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function publicBlob(publicKey: Uint8Array): Buffer {
  return Buffer.concat([text(algorithm), field(publicKey)]);
}

function text(value: string): Buffer {
  return field(Buffer.from(value));
}

function field(bytes: Uint8Array): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
