import { readlinkSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { renameAt, symlinkAt } from '../linux/files.ts';
import { heldPath } from './held-path.ts';
import { randomName } from './random-name.ts';
import type { StateDir } from './state-dir.ts';

/** The name a link in the root of trees leads to; undefined where `name` is no link, or nothing. */
export function readAliasTarget(rootFd: number, name: string): string | undefined {
  try {
    return readlinkSync(heldPath(rootFd, name)).replace(/\/+$/u, '');
  } catch (error) {
    if (isErrno(error, 'EINVAL') || isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Makes the link `alias` lead to `domain`, in place of the link it is: at no instant is the name free. */
export function repointAlias(state: StateDir, alias: string, domain: string): void {
  const stage = state.part('stage');
  const temp = randomName('alias');
  symlinkAt(domain, stage, temp);
  renameAt(stage, temp, state.rootFd, alias);
}
