import { generateKeyPairSync, randomInt } from 'node:crypto';
import { closeSync, fchmodSync, fchownSync } from 'node:fs';
import { type Ed25519Pair, renderSshPrivateKey, renderSshPublicKey } from '../domain/ssh-key.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { createFileAt } from '../linux/files.ts';
import { type TreePath, treePathOf } from '../manifest/tree-path.ts';
import type { HeldTree } from './held-tree.ts';
import { writeAll } from './put-state-file.ts';

/**
 * Makes a new SSH host key (Ed25519) at each path of a staged tree, readable by root alone, with `PATH.pub` beside it.
 * It is the domain's own from here on: no manifest, store or record knows it, and no update touches it.
 * `comment` ends the public half. Throws NO_SPACE, READ_ONLY.
 */
export function putHostKeys(tree: HeldTree, paths: readonly string[], comment: string): void {
  for (const path of paths) {
    const pair = makePair();
    const secret = renderSshPrivateKey(pair, comment, randomInt(2 ** 32));
    putFile(tree, treePathOf(path), secret, 0o600);
    putFile(tree, treePathOf(`${path}.pub`), renderSshPublicKey(pair, comment), 0o644);
  }
}

function makePair(): Ed25519Pair {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { seed: Buffer.from(d, 'base64url'), publicKey: Buffer.from(x, 'base64url') };
}

function putFile(tree: HeldTree, path: TreePath, content: string, mode: number): void {
  try {
    const { dirfd, name } = tree.parentOf(path);
    const fd = createFileAt(dirfd, name, mode);
    try {
      writeAll(fd, Buffer.from(content));
      fchownSync(fd, 0, 0);
      fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw explainErrno(error, `cannot make ${path} in the tree`);
  }
}
