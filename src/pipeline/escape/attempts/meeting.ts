import { type Attempt, blocked, judge, type Outcome, through, tryAll, untested } from '../attempt.ts';
import type { RemoteProcess } from '../remote-process.ts';
import type { Scene } from '../set-scene.ts';
import {
  datagram,
  internetSocket,
  localAddress,
  localSocket,
  loopbackAddress,
  netlinkSocket,
  nonBlocking,
  packetSocket,
  raw,
  stream,
} from './socket-words.ts';

/** What two trees, or a tree and the host, could meet on besides files. */
export const meetingAttempts: readonly Attempt[] = [
  {
    name: 'meet on an abstract socket',
    gives: 'files and folders, passed from outside',
    type: 'escape',
    landlock: 6,
    run: meetOnSocket,
  },
  {
    name: 'meet in shared memory',
    gives: 'memory of services outside (System V)',
    type: 'escape',
    run: meetInMemory,
  },
  {
    name: "find the host's keys (keyring)",
    gives: 'disk and network keys of root',
    type: 'escape',
    run: findKey,
  },
  {
    name: "type into the caller's terminal",
    gives: "commands, run by the administrator's shell",
    type: 'escape',
    run: typeAhead,
  },
  {
    name: 'craft packets, listen to the network',
    gives: 'the traffic of the host and of other domains',
    type: 'escape',
    run: openRawSockets,
  },
  {
    name: "change the host's network",
    gives: 'addresses and routes of the host',
    type: 'escape',
    run: changeNetwork,
  },
  {
    name: "use the host's network",
    gives: "services on the host's 127.0.0.1",
    type: 'limit',
    run: useNetwork,
  },
];

async function meetOnSocket(scene: Scene): Promise<Outcome> {
  const other = (await scene.neighbour()) ?? (await scene.victim());
  return tryAll(
    [stream, datagram].map((type) => () => meetOn(scene, other, type, `\0virtfs-${scene.mark}-${type}`)),
  );
}

async function meetOn({ probe }: Scene, other: RemoteProcess, type: number, name: string): Promise<Outcome> {
  const theirs = await other.call('socket', localSocket, type | nonBlocking, 0);
  const bound = await other.call('bind', theirs.value, ...localAddress(name));
  if (bound.error !== undefined) return untested(`nobody could listen: ${bound.error}`);
  if (type === stream) await other.call('listen', theirs.value, 1);
  const ours = await probe.call('socket', localSocket, type | nonBlocking, 0);
  const connected = await probe.call('connect', ours.value, ...localAddress(name));
  await probe.call('close', ours.value);
  await other.call('close', theirs.value);
  return judge('connect', connected);
}

async function meetInMemory({ probe, victim, key }: Scene): Promise<Outcome> {
  const [createAlone, everyone, removeIt] = [0o3000, 0o666, 0];
  const other = await victim();
  const made = await other.call('shmget', key, 4096, createAlone | everyone);
  if (made.error !== undefined) return untested(`the host has none: ${made.error}`);
  const found = await probe.call('shmget', key, 4096, 0);
  await other.call('shmctl', made.value, removeIt, 0);
  return judge('shmget', found);
}

/** A key of our own in the keyring of the user, as a process of the host has it. */
async function findKey({ probe, victim, mark }: Scene): Promise<Outcome> {
  const ofUser = -4;
  const [unlink, search] = [9, 10];
  const name = `virtfs-${mark}`;
  const other = await victim();
  const added = await other.call('add_key', 'user', name, Buffer.from(mark), mark.length, ofUser);
  if (added.error !== undefined) return untested(`the host has no keyring: ${added.error}`);
  const found = await probe.call('keyctl', search, ofUser, 'user', name, 0);
  await other.call('keyctl', unlink, added.value, ofUser);
  return judge('keyctl', found);
}

/** A line break at a terminal made for this: whatever comes of it, nobody reads it. */
async function typeAhead({ probe, terminal }: Scene): Promise<Outcome> {
  if (terminal === undefined) return untested('the host has no terminals');
  const [takeTerminal, typeByte] = [0x540e, 0x5412];
  await probe.call('ioctl', 2, takeTerminal, 0);
  const typed = await probe.call('ioctl', 2, typeByte, Buffer.from('\n'));
  if (typed.error !== undefined) return blocked(`TIOCSTI: ${typed.error}`);
  return terminal.waiting() > 0 ? through('it was typed') : blocked('nothing arrived');
}

function openRawSockets({ probe }: Scene): Promise<Outcome> {
  const icmp = 1;
  return tryAll([
    async () => judge('raw socket', await probe.call('socket', internetSocket, raw, icmp)),
    async () => judge('packet socket', await probe.call('socket', packetSocket, raw, 0)),
  ]);
}

/** Asks rtnetlink(7) to change an interface that is not there; its answer tells whether we may. */
async function changeNetwork({ probe }: Scene): Promise<Outcome> {
  const socket = await probe.call('socket', netlinkSocket, raw, 0);
  if (socket.error !== undefined) return blocked(`netlink: ${socket.error}`);
  const request = Buffer.alloc(32);
  const [setLink, requestAndAnswer, noInterface] = [19, 5, 0x7fffffff];
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(setLink, 4);
  request.writeUInt16LE(requestAndAnswer, 6);
  request.writeInt32LE(noInterface, 20);
  const dontWait = 0x40;
  await probe.call('sendto', socket.value, request, request.length, 0, 0, 0);
  const answer = await probe.call('recvfrom', socket.value, Buffer.alloc(256), 256, dontWait, 0, 0);
  await probe.call('close', socket.value);
  if (answer.error !== undefined) return untested(`no answer: ${answer.error}`);
  const refusal = -1;
  const errno = answer.data(1).readInt32LE(16);
  return errno === refusal ? blocked('netlink: EPERM') : through('a change was permitted');
}

async function useNetwork({ probe, port }: Scene): Promise<Outcome> {
  if (port === undefined) return untested('the host has no 127.0.0.1');
  const socket = await probe.call('socket', internetSocket, stream, 0);
  if (socket.error !== undefined) return blocked(`socket: ${socket.error}`);
  const connected = await probe.call('connect', socket.value, ...loopbackAddress(port));
  await probe.call('close', socket.value);
  return judge('connect', connected);
}
