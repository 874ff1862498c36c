// biome-ignore format: a table
const secrets: readonly (readonly [what: string, pattern: RegExp])[] = [
  // RFC 7468 and its forerunners: "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK".
  ['a private key',            /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/u],
  ['a private key of PuTTY',   /PuTTY-User-Key-File-\d/u],
  ['a private key of SSH 1',   /SSH PRIVATE KEY FILE FORMAT/u],
  // crypt(5): `$id$`, parameters and salt, at least 22 characters of hash.
  ['a password hash',          /\$(?:1|2[abxy]?|3|5|6|7|y|gy|sm3|sha1|md5|apr1|argon2id?)[$,][./A-Za-z0-9=,$+-]{22,}/u],
  // The 13 characters of descrypt, where passwd(5) and htpasswd keep them; a word of as many letters is none.
  ['a password hash (DES)',    /^[a-z_][\w.-]{0,31}:[!*]{0,2}(?=[a-z]{0,12}[./A-Z0-9])[./A-Za-z0-9]{13}(?::|$)/mu],
];

/**
 * What secret a configuration file gives away, or undefined: private keys in text form, crypt(3) password hashes
 * (locked ones too), Kerberos key tables. Programs and libraries hold such marks as texts of their own: not for those.
 */
export function findSecret(content: string | Uint8Array): string | undefined {
  if (typeof content !== 'string' && content[0] === 5 && (content[1] === 1 || content[1] === 2)) {
    return 'a Kerberos key table';
  }
  // One character a byte: no invalid sequence can hide or break a match.
  const text = typeof content === 'string' ? content : new TextDecoder('latin1').decode(content);
  return secrets.find(([, pattern]) => pattern.test(text))?.[0];
}
