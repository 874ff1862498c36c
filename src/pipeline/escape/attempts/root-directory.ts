import { constants } from 'node:fs';
import {
  type Attempt,
  blocked,
  climbTo,
  currentDir,
  isCanary,
  judge,
  type Outcome,
  openAt,
  reachesCanary,
  statOpenFile,
  through,
  tryAll,
  untested,
} from '../attempt.ts';
import type { Scene } from '../set-scene.ts';
import { passDescriptor } from './pass-descriptor.ts';

const everything = 'every file of the host';

/** The ways past the root directory. */
export const rootDirectoryAttempts: readonly Attempt[] = [
  { name: 'climb out by a second chroot', gives: everything, type: 'escape', run: climbByChroot },
  { name: 'use a descriptor left open', gives: everything, type: 'escape', run: useLeftDescriptor },
  { name: 'open a file by its number', gives: 'every file of the disk', type: 'escape', run: openByNumber },
  { name: "make a device of the host's disk", gives: 'the whole disk', type: 'escape', run: makeDisk },
  { name: "go through a host process's /proc", gives: everything, type: 'escape', run: goThroughProc },
  { name: "enter a host process's namespace", gives: everything, type: 'escape', run: enterNamespace },
  {
    name: 'be passed a descriptor from outside',
    gives: 'what a user of the host passes in',
    type: 'escape',
    run: passDescriptor,
  },
];

/** chroot(2) moves no working directory: with a root below it, `..` leads past that root. */
async function climbByChroot(scene: Scene): Promise<Outcome> {
  const { probe, canary } = scene;
  await probe.call('chdir', '/');
  for (const folder of ['/etc', '/usr', '/dev', '/tmp', '/home']) {
    const made = await probe.call('chroot', folder);
    if (made.error === 'ENOENT' || made.error === 'ENOTDIR') continue;
    if (made.error !== undefined) return blocked(`chroot: ${made.error}`);
    const isOut = await reachesCanary(scene, currentDir, climbTo(canary.path));
    return isOut ? through('read a file outside') : blocked('chroot led nowhere');
  }
  return untested('the tree has no folder to use');
}

const mostDescriptors = 256;

async function useLeftDescriptor(scene: Scene): Promise<Outcome> {
  const { probe, canary } = scene;
  const getFlags = 1;
  for (let fd = 3; fd < mostDescriptors; fd++) {
    if ((await probe.call('fcntl', fd, getFlags, 0)).error !== undefined) continue;
    if (await isCanary(scene, fd)) return through(`descriptor ${fd} is a file outside`);
    if ((await probe.call('fchdir', fd)).error !== undefined) continue;
    if (await reachesCanary(scene, currentDir, climbTo(canary.path)))
      return through(`descriptor ${fd} is a folder outside`);
  }
  await probe.call('chdir', '/');
  return blocked('none is open');
}

/** open_by_handle_at(2) asks no directory on the way. */
async function openByNumber({ probe, root }: Scene): Promise<Outcome> {
  if (root.handle === undefined) return untested('the file system gives files no numbers of this kind');
  const mount = await openAt(probe, currentDir, '/', constants.O_DIRECTORY);
  if (mount.error !== undefined) return untested(`cannot open /: ${mount.error}`);
  const opened = await probe.call('open_by_handle_at', mount.value, root.handle, constants.O_DIRECTORY);
  await probe.call('close', mount.value);
  if (opened.error !== undefined) return blocked(`open_by_handle_at: ${opened.error}`);
  const found = await statOpenFile(probe, opened.value);
  await probe.call('close', opened.value);
  const isRoot = found?.ino === root.ino;
  return isRoot ? through('opened the folder that holds all trees') : blocked('it led to something else');
}

/** The node is there for a moment, and only where the attempt gets through. */
async function makeDisk(scene: Scene): Promise<Outcome> {
  const { probe, root, spot } = scene;
  const made = await probe.call('mknodat', currentDir, spot, constants.S_IFBLK | 0o600, root.disk);
  if (made.error !== undefined) return blocked(`mknod: ${made.error}`);
  const opened = await openAt(probe, currentDir, spot);
  await probe.call('unlinkat', currentDir, spot, 0);
  // There may be no such disk; the kernel looked for it.
  return judge('opening it', opened, ['ENXIO', 'ENODEV', 'ENOMEDIUM', 'EBUSY']);
}

async function goThroughProc(scene: Scene): Promise<Outcome> {
  const { pid } = await scene.victim();
  const { probe, canary } = scene;
  const ways = ['root', 'cwd'].map((way) => `/proc/${pid}/${way}`);
  for (const way of ways) {
    if (await reachesCanary(scene, currentDir, `${way}${canary.path}`)) return through(`${way} leads out`);
  }
  return judge(`/proc/${pid}/mem`, await openAt(probe, currentDir, `/proc/${pid}/mem`));
}

async function enterNamespace(scene: Scene): Promise<Outcome> {
  const { pid } = await scene.victim();
  const { probe, canary } = scene;
  const mounts = 0x20000;
  const enter = async (what: string, open: () => ReturnType<typeof openAt>): Promise<Outcome> => {
    const opened = await open();
    if (opened.error !== undefined) return blocked(`${what}: ${opened.error}`);
    const entered = await probe.call('setns', opened.value, mounts);
    await probe.call('close', opened.value);
    if (entered.error !== undefined) return blocked(`setns: ${entered.error}`);
    const isOut = await reachesCanary(scene, currentDir, canary.path);
    return isOut ? through('read a file outside') : through('setns was carried out');
  };
  const path = `/proc/${pid}/ns/mnt`;
  return tryAll([
    () => enter(path, () => openAt(probe, currentDir, path)),
    () => enter('pidfd_open', () => probe.call('pidfd_open', pid, 0)),
  ]);
}
