import { describe, expect, it } from 'vitest';
import { findSecret } from '../../../src/plan/find-secret.ts';

describe('findSecret', () => {
  it.each([
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n'],
    ['x\n-----BEGIN RSA PRIVATE KEY-----\n'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----'],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----'],
    ['SSH PRIVATE KEY FILE FORMAT 1.1\n'],
    ['PuTTY-User-Key-File-3: ssh-ed25519'],
    [`root:$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}:19000::::::`],
    [`root:!$6$saltsalt$${'A'.repeat(86)}:1::::::`],
    [`x = $2b$12$${'c'.repeat(53)}`],
    [`$1$abcdefgh$${'d'.repeat(22)}`],
    [`password: $argon2id$v=19$m=65536,t=3,p=4$${'e'.repeat(22)}$${'f'.repeat(43)}`],
    ['anna:ab0123456789.:1000:1000::/:/bin/sh'],
    ['# users\nanna:ab0123456789.\n'],
  ])('finds the secret in %j', (text) => {
    expect(findSecret(text)).toBeTypeOf('string');
    expect(findSecret(new TextEncoder().encode(text))).toBeTypeOf('string');
  });

  it('finds a key after bytes that are no text', () => {
    const key = new TextEncoder().encode('-----BEGIN PRIVATE KEY-----');
    expect(findSecret(new Uint8Array([0xff, 0xc3, 0, ...key]))).toBe('a private key');
    expect(findSecret(new Uint8Array([5, 2, 0, 0]))).toBe('a Kerberos key table');
  });

  it.each([
    ['root:*::0:99999:7:::\ncrc:!::0:99999:7:::\n'],
    ['root:x:0:0:root:/root:/bin/bash\n'],
    ['-----BEGIN CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n'],
    ['PS1=$1 $2 $5; echo $6$y\n'],
    ['password [success=1 default=ignore] pam_unix.so obscure yescrypt\n'],
    ['ENCRYPT_METHOD YESCRYPT\n'],
    ['hosts: files dns\n'],
    ['postmaster:administrator\n'],
    [''],
  ])('finds none in %j', (text) => {
    expect(findSecret(text)).toBeUndefined();
  });
});
