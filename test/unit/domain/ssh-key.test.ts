import { describe, expect, it } from 'vitest';
import { renderSshPrivateKey, renderSshPublicKey } from '../../../src/domain/ssh-key.ts';

/** The first test of RFC 8032, 7.1; ssh-keygen -y takes the private key below, and gives the public one. */
const pair = {
  seed: Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  publicKey: Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'),
};

const privateKey = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACDXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGgAAAJABAgMEAQID
BAAAAAtzc2gtZWQyNTUxOQAAACDXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg
AAAECdYbGd7/1aYLqESvSS7CzEREnFaXsyaRlwO6wDHK5/YNdamAGCsQq31Uv+08lkBzoO
4XLz2qYjJa8CGmj3B1EaAAAACWEuZXhhbXBsZQECAwQ=
-----END OPENSSH PRIVATE KEY-----
`;

describe('renderSshPrivateKey', () => {
  it('writes what ssh-keygen reads', () => {
    expect(renderSshPrivateKey(pair, 'a.example', 0x01020304)).toBe(privateKey);
  });

  it('fills up to whole blocks, whatever the comment', () => {
    for (const comment of ['', 'x', 'a longer name.example', 'eight by']) {
      const lines = renderSshPrivateKey(pair, comment, 7).trimEnd().split('\n');
      const bytes = Buffer.from(lines.slice(1, -1).join(''), 'base64');
      const secret = bytes.subarray(bytes.indexOf(Buffer.from([0, 0, 0, 7, 0, 0, 0, 7])));
      expect(secret.length % 8).toBe(0);
    }
  });
});

describe('renderSshPublicKey', () => {
  it('writes the line of authorized_keys and known_hosts', () => {
    expect(renderSshPublicKey(pair, 'a.example')).toBe(
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea a.example\n',
    );
  });
});
