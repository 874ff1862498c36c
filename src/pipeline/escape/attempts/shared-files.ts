import { constants } from 'node:fs';
import {
  type Attempt,
  blocked,
  currentDir,
  judge,
  type Outcome,
  openAt,
  through,
  tryAll,
  untested,
} from '../attempt.ts';
import type { Scene } from '../set-scene.ts';

/** What is one inode in several trees. Nothing is written: a file is opened for writing, given the mode and owner it has. */
export const sharedFileAttempts: readonly Attempt[] = [
  {
    name: 'write to a file all trees share',
    gives: 'programs of every domain',
    type: 'escape',
    run: changeShared,
  },
  {
    name: 'change the owner of a shared link',
    gives: 'owner and times of links in every domain',
    type: 'limit',
    run: changeLink,
  },
  {
    name: 'make others wait for a shared file',
    gives: 'programs of every domain, held up (a lease)',
    type: 'escape',
    run: leaseShared,
  },
  {
    name: 'watch a shared file',
    gives: 'when other domains open it (inotify)',
    type: 'limit',
    run: watchShared,
  },
  {
    name: 'change the shared dev/log',
    gives: 'its mode, for every domain',
    type: 'limit',
    run: changeLog,
  },
  {
    name: 'leave a set-user-id program for users of the host',
    gives: 'root of the host',
    type: 'escape',
    run: leaveSetId,
  },
];

const noneShared = 'no file of this tree is also in another';

async function changeShared({ probe, shared }: Scene): Promise<Outcome> {
  const { file } = shared;
  if (file === undefined) return untested(noneShared);
  return tryAll([
    async () => judge('open for writing', await openAt(probe, currentDir, file.path, constants.O_WRONLY)),
    async () => judge('chmod', await probe.call('fchmodat', currentDir, file.path, file.mode)),
    async () => judge('chown', await probe.call('fchownat', currentDir, file.path, file.uid, file.gid, 0)),
  ]);
}

async function changeLink({ probe, shared: { link } }: Scene): Promise<Outcome> {
  if (link === undefined) return untested('no link of this tree is also in another');
  const noFollow = 0x100;
  return judge('lchown', await probe.call('fchownat', currentDir, link.path, link.uid, link.gid, noFollow));
}

async function leaseShared({ probe, shared: { file } }: Scene): Promise<Outcome> {
  if (file === undefined) return untested(noneShared);
  const opened = await openAt(probe, currentDir, file.path);
  if (opened.error !== undefined) return blocked(`open: ${opened.error}`);
  const [setLease, forReading] = [1024, 0];
  const leased = await probe.call('fcntl', opened.value, setLease, forReading);
  await probe.call('close', opened.value);
  // Somebody writes to it, or it is being run: a lease would be given otherwise.
  return judge('F_SETLEASE', leased, ['EAGAIN']);
}

async function watchShared({ probe, shared: { file } }: Scene): Promise<Outcome> {
  if (file === undefined) return untested(noneShared);
  const inOpen = 0x20;
  const watcher = await probe.call('inotify_init1', 0);
  const watching = await probe.call('inotify_add_watch', watcher.value, file.path, inOpen);
  await probe.call('close', watcher.value);
  return judge('inotify', watching);
}

async function changeLog({ probe, shared: { log } }: Scene): Promise<Outcome> {
  if (log === undefined) return untested('dev/log of this tree is no common one');
  return judge('chmod', await probe.call('fchmodat', currentDir, log.path, log.mode));
}

/** The program has no name in the tree, and is gone when it is closed. */
async function leaveSetId({ probe, stranger, folder, root }: Scene): Promise<Outcome> {
  const unnamed = 0o20000000 | constants.O_DIRECTORY;
  const flags = unnamed | constants.O_RDWR;
  const made = await probe.call('openat', currentDir, folder, flags, 0o600);
  if (made.error !== undefined) return untested(`cannot make a file: ${made.error}`);
  const changed = await probe.call('fchmod', made.value, 0o4755);
  await probe.call('close', made.value);
  if (changed.error !== undefined) return blocked(`chmod: ${changed.error}`);
  const there = await stranger.call('chdir', root.tree);
  if (there.error !== undefined) return blocked(`users of the host cannot go there: ${there.error}`);
  return through('users of the host can go there');
}
