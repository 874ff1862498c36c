import { isErrno } from '../../errors/virtfs-error.ts';
import { openDirInRoot } from '../../linux/open-in-root.ts';

const mostTries = 50;

/**
 * A handle (O_PATH) of the directory that `home`, a path of the tree's passwd, leads to: links are followed as a
 * program inside the tree follows them, and none leads out. Looks with the permissions the calling thread has
 * (`withFileIdentity`). Throws the system's error.
 */
export function openHome(tree: number, home: string): number {
  for (let tries = 1; ; tries++) {
    try {
      return openDirInRoot(tree, home);
    } catch (error) {
      // The kernel cannot vouch for a `..` while folders are renamed (openat2(2)).
      if (!isErrno(error, 'EAGAIN') || tries === mostTries) throw error;
    }
  }
}
