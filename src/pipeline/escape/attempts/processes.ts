import { type Attempt, blocked, judge, type Outcome, through, untested } from '../attempt.ts';
import { dataAddress } from '../encode-call-server.ts';
import type { RemoteProcess } from '../remote-process.ts';
import type { Scene } from '../set-scene.ts';

/**
 * What can be done to processes outside: to one of the host that has the same user and nothing else to do, and to one
 * in another tree.
 */
export const processAttempts: readonly Attempt[] = [
  {
    name: 'trace a process of the host',
    gives: 'all that process may do',
    type: 'escape',
    run: async (scene) => trace(scene, await scene.victim()),
  },
  {
    name: 'trace a process of another tree',
    gives: "the other domain's files",
    type: 'escape',
    landlock: 2,
    run: (scene) => withNeighbour(scene, (neighbour) => trace(scene, neighbour)),
  },
  {
    name: "read a host process's memory",
    gives: 'passwords and keys in it',
    type: 'escape',
    run: readMemory,
  },
  {
    name: "take a host process's descriptor",
    gives: 'the files it has open',
    type: 'escape',
    run: takeDescriptor,
  },
  {
    name: 'count what a host process does',
    gives: 'timings that betray keys (perf)',
    type: 'escape',
    run: countEvents,
  },
  {
    name: 'end a process of the host',
    gives: 'services of the same user, ended',
    type: 'escape',
    landlock: 6,
    run: endVictim,
  },
  {
    name: 'signal a process of another tree',
    gives: 'services of other domains, ended',
    type: 'escape',
    landlock: 6,
    run: (scene) =>
      withNeighbour(scene, async ({ pid }) => judge('kill', await scene.probe.call('kill', pid, 0))),
  },
  {
    name: 'set limits of a host process',
    gives: 'services of the same user, starved',
    type: 'escape',
    run: setLimits,
  },
  {
    name: 'slow a host process down',
    gives: 'less time for services of the same user (renice)',
    type: 'limit',
    run: async (scene) => {
      const { pid } = await scene.victim();
      return judge('setpriority', await scene.probe.call('setpriority', 0, pid, 1));
    },
  },
];

async function withNeighbour(
  scene: Scene,
  attempt: (neighbour: RemoteProcess) => Promise<Outcome>,
): Promise<Outcome> {
  const neighbour = await scene.neighbour();
  return neighbour === undefined ? untested('there is no other domain') : attempt(neighbour);
}

/** PTRACE_SEIZE stops nothing, and ends with the tracer. */
async function trace({ probe }: Scene, { pid }: RemoteProcess): Promise<Outcome> {
  const seize = 0x4206;
  return judge('ptrace', await probe.call('ptrace', seize, pid, 0, 0));
}

async function readMemory({ probe, victim, mark }: Scene): Promise<Outcome> {
  const { pid } = await keepSecret(await victim(), mark);
  const size = mark.length;
  const block = Buffer.alloc(32 + size);
  for (const [index, word] of [dataAddress + 32, size, dataAddress, size].entries()) {
    block.writeBigUInt64LE(BigInt(word), 8 * index);
  }
  const answer = await probe.call('process_vm_readv', pid, block, 1, dataAddress + 16, 1, 0);
  if (answer.error !== undefined) return blocked(`process_vm_readv: ${answer.error}`);
  const isSecret = answer.data(1).toString('latin1', 32) === mark;
  return isSecret ? through('read its secret') : blocked('it read something else');
}

/** What comes with a call stays in the memory of who makes it. */
async function keepSecret(victim: RemoteProcess, secret: string): Promise<RemoteProcess> {
  await victim.call('getpid', Buffer.from(secret));
  return victim;
}

async function takeDescriptor({ probe, victim }: Scene): Promise<Outcome> {
  const { pid } = await victim();
  const opened = await probe.call('pidfd_open', pid, 0);
  if (opened.error !== undefined) return blocked(`pidfd_open: ${opened.error}`);
  const taken = await probe.call('pidfd_getfd', opened.value, 0, 0);
  await probe.call('close', opened.value);
  return judge('pidfd_getfd', taken);
}

/** A counter that counts nothing, switched off. */
async function countEvents({ probe, victim }: Scene): Promise<Outcome> {
  const { pid } = await victim();
  const attributes = Buffer.alloc(128);
  const [software, dummy, disabledUserOnly] = [1, 9, 0x61];
  attributes.writeUInt32LE(software, 0);
  attributes.writeUInt32LE(attributes.length, 4);
  attributes.writeUInt32LE(dummy, 8);
  attributes.writeUInt32LE(disabledUserOnly, 40);
  return judge('perf_event_open', await probe.call('perf_event_open', attributes, pid, -1, -1, 0));
}

async function endVictim({ probe, victim }: Scene): Promise<Outcome> {
  const terminate = 15;
  const target = await victim();
  const answer = await probe.call('kill', target.pid, terminate);
  if (answer.error !== undefined) return blocked(`kill: ${answer.error}`);
  return (await target.ends(2000)) ? through('it was ended') : blocked('the signal did not come');
}

async function setLimits({ probe, victim }: Scene): Promise<Outcome> {
  const { pid } = await victim();
  const coreSize = 4;
  return judge('prlimit', await probe.call('prlimit64', pid, coreSize, Buffer.alloc(16), 0));
}
