import { type Attempt, currentDir, judge, type Outcome, tryAll } from '../attempt.ts';
import type { Scene } from '../set-scene.ts';

/** Mounts and namespaces. What gets through here stays in the process that made it, and ends with it. */
export const mountAttempts: readonly Attempt[] = [
  { name: 'mount something', gives: "the host's folders, mounted inside", type: 'escape', run: mount },
  {
    name: 'undo the mounts that protect',
    gives: 'shared files, to write to',
    type: 'escape',
    run: undoMounts,
  },
  {
    name: 'make mounts, processes, a network of its own',
    gives: 'what only root of the host may do',
    type: 'escape',
    run: makeNamespaces,
  },
  {
    name: 'make a user namespace',
    gives: 'every capability, and so most ways above',
    type: 'escape',
    run: makeUserNamespace,
  },
];

const missing = 'virtfs-no-such-file';

/** Each fails for another reason where it is permitted, or makes what is attached nowhere. */
function mount({ probe }: Scene): Promise<Outcome> {
  const [moved, clone, emptyPaths] = [8192, 1, 0x44];
  return tryAll([
    async () => judge('mount', await probe.call('mount', missing, '/', 0, moved, 0), ['ENOENT']),
    async () => judge('fsopen', await probe.call('fsopen', 'tmpfs', 0)),
    async () => judge('open_tree', await probe.call('open_tree', currentDir, '/', clone)),
    async () =>
      judge('move_mount', await probe.call('move_mount', -1, '', -1, '', emptyPaths), ['EBADF', 'EINVAL']),
    async () => judge('pivot_root', await probe.call('pivot_root', missing, missing), ['ENOENT']),
  ]);
}

function undoMounts({ probe }: Scene): Promise<Outcome> {
  // Together these flags are an error, but only for who may unmount.
  const expireAndForce = 4 | 1;
  const nothing = Buffer.alloc(32);
  return tryAll([
    async () => judge('umount2', await probe.call('umount2', '/', expireAndForce), ['EINVAL', 'EBUSY']),
    async () =>
      judge('mount_setattr', await probe.call('mount_setattr', currentDir, '/', 0, nothing, 32), ['EINVAL']),
  ]);
}

function makeNamespaces({ probe }: Scene): Promise<Outcome> {
  // biome-ignore format: a table
  const kinds = [['mounts', 0x20000], ['processes', 0x20000000], ['network', 0x40000000]] as const;
  return tryAll(
    kinds.map(
      ([what, flag]) =>
        async () =>
          judge(`unshare of ${what}`, await probe.call('unshare', flag)),
    ),
  );
}

function makeUserNamespace({ probe }: Scene): Promise<Outcome> {
  const user = 0x10000000;
  const childSignal = 17;
  return tryAll([
    async () => judge('unshare', await probe.call('unshare', user)),
    async () => judge('clone', await probe.fork(user | childSignal)),
  ]);
}
