import { type Attempt, blocked, currentDir, isCanary, type Outcome, through, untested } from '../attempt.ts';
import { dataAddress } from '../encode-call-server.ts';
import type { CallAnswer } from '../remote-process.ts';
import type { Scene } from '../set-scene.ts';
import { localAddress, localSocket, nonBlocking, stream } from './socket-words.ts';

/**
 * A user of the host, nobody special, who works together with the program in the tree: it listens on a socket in the
 * tree, he goes there by the host's path and hands a file over. A descriptor knows no root directory.
 */
export const passDescriptor: Attempt['run'] = async (scene) => {
  const { probe, spot } = scene;
  const listener = await probe.call('socket', localSocket, stream | nonBlocking, 0);
  const bound = await probe.call('bind', listener.value, ...localAddress(spot));
  if (bound.error !== undefined) return untested(`cannot make a socket in the tree: ${bound.error}`);
  try {
    // Anyone may connect who gets here.
    await probe.call('fchmodat', currentDir, spot, 0o777);
    await probe.call('listen', listener.value, 1);
    return await meet(scene, listener.value);
  } finally {
    await probe.call('unlinkat', currentDir, spot, 0);
    await probe.call('close', listener.value);
  }
};

async function meet(scene: Scene, listener: number): Promise<Outcome> {
  const { probe, stranger, canary, root, spot } = scene;
  const slash = spot.lastIndexOf('/');
  const there = await stranger.call('chdir', `${root.tree}${spot.slice(0, slash)}`);
  if (there.error !== undefined) return blocked(`users of the host cannot go there: ${there.error}`);
  const socket = await stranger.call('socket', localSocket, stream, 0);
  const connected = await stranger.call('connect', socket.value, ...localAddress(spot.slice(slash + 1)));
  if (connected.error !== undefined) return blocked(`connect: ${connected.error}`);
  const opened = await stranger.call('openat', currentDir, canary.path, 0, 0);
  const sent = await stranger.call('sendmsg', socket.value, encodeMessage(opened.value), 0);
  if (sent.error !== undefined) return blocked(`sendmsg: ${sent.error}`);
  const accepted = await probe.call('accept4', listener, 0, 0, 0);
  const dontWait = 0x40;
  const received = await probe.call('recvmsg', accepted.value, encodeMessage(-1), dontWait);
  const fd = descriptorIn(received);
  if (fd === undefined) return blocked(`recvmsg: ${received.error ?? 'no descriptor came'}`);
  return (await isCanary(scene, fd)) ? through('read a file outside') : blocked('it was another file');
}

/** struct msghdr, one struct iovec, its byte, and the control message SCM_RIGHTS with one descriptor: all in one block. */
function encodeMessage(fd: number): Buffer {
  const block = Buffer.alloc(104);
  const [vector, byte, control] = [56, 72, 80];
  block.writeBigUInt64LE(BigInt(dataAddress + vector), 16);
  block.writeBigUInt64LE(1n, 24);
  block.writeBigUInt64LE(BigInt(dataAddress + control), 32);
  block.writeBigUInt64LE(24n, 40);
  block.writeBigUInt64LE(BigInt(dataAddress + byte), vector);
  block.writeBigUInt64LE(1n, vector + 8);
  block.writeBigUInt64LE(20n, control);
  block.writeInt32LE(1, control + 8); // SOL_SOCKET
  block.writeInt32LE(1, control + 12); // SCM_RIGHTS
  block.writeInt32LE(fd, control + 16);
  return block;
}

function descriptorIn(received: CallAnswer): number | undefined {
  if (received.error !== undefined || received.value !== 1) return undefined;
  const fd = received.data(1).readInt32LE(96);
  return fd < 0 ? undefined : fd;
}
