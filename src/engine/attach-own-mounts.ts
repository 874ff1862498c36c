import { closeSync } from 'node:fs';
import { attachMount, makeKernelMount, mountAttr } from '../linux/mounts.ts';
import { openFolder } from './open-folder.ts';

const { readOnly, noSuid, noDev, noExec } = mountAttr;

/**
 * Mounts a proc of its own where the tree has a `proc`. It shows only the processes the program may trace, which are
 * those it started; and root cannot write in it, so not tell the kernel what to run when a program crashes.
 */
export function attachProc(treeFd: number): void {
  attach(treeFd, 'proc', () =>
    makeKernelMount('proc', { hidepid: 'ptraceable' }, readOnly | noSuid | noDev | noExec),
  );
}

/** Mounts terminals of its own where the tree has a `dev/pts`: none of the host is in there. 5 is group tty. */
export function attachTerminals(treeFd: number): void {
  attach(treeFd, 'dev/pts', () =>
    makeKernelMount('devpts', { ptmxmode: '0666', mode: '0620', gid: '5' }, noSuid | noExec),
  );
}

function attach(treeFd: number, path: string, make: () => number): void {
  const folder = openFolder(treeFd, path);
  if (folder === undefined) return;
  let mount: number | undefined;
  try {
    mount = make();
    attachMount(mount, folder);
  } finally {
    if (mount !== undefined) closeSync(mount);
    closeSync(folder);
  }
}
