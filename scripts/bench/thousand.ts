// What a thousand domains cost a virtuald: rate against ten domains, memory, and memory of held connections.
// Called by scripts/bench/run, which installs the peers and virtfs and gives private namespaces.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileStatic, makeBannerTrees, putTables } from '../../test/support/banner-trees.ts';
import {
  countDescriptors,
  listChildren,
  proportionalBytes,
  residentBytes,
} from '../../test/support/process-facts.ts';
import { type Server, serve } from '../../test/support/serve.ts';
import { measureInTurn, middleOf, ratioOf, sayRatio } from './measure-rates.ts';

const [prefix = '', sandbox = '', rounds = '7', seconds = '3'] = process.argv.slice(2);
const clients = 16;
const held = 200;
const maxResident = 120e6;

const addresses = Array.from({ length: 1000 }, (_, n) => `127.0.${2 + Math.floor(n / 250)}.${1 + (n % 250)}`);
using trees = makeBannerTrees({ virtfs: `${prefix}/sbin/virtfs`, folder: sandbox, addresses });
const { root, banner } = trees;
const few = putTables(sandbox, root, trees.places.slice(0, 10));
const load = compileStatic(new URL('load.c', import.meta.url).pathname, sandbox);
const listener = compileStatic(new URL('listener.c', import.meta.url).pathname, sandbox);

await using ten = await startVirtuald(7001, few.conf, banner);
await using thousand = await startVirtuald(7002, trees.conf, banner);
await settle(thousand);
const idle = residentBytes(thousand.pid);

// A domain's first connection takes longer than the others, and is none of those that count.
for (const [port, table] of [
  [7001, few.table],
  [7002, trees.table],
] as const)
  execFileSync(load, [`${port}`, table, `${addresses.length}`, 'hold'], { input: '' });
const { many, fewer } = measureInTurn(
  load,
  {
    many: { name: 'virtuald, 1,000 domains', port: 7002, table: trees.table },
    fewer: { name: 'virtuald, 10 domains', port: 7001, table: few.table },
  },
  clients,
  { rounds: Number(rounds), seconds: Number(seconds), unmeasured: 1 },
);
console.log(`${clients} clients, ${rounds} rounds of ${seconds} s, every banner verified`);
console.log(
  `  1,000 domains ${middleOf(many, 'rate').toFixed(0)} a second, 10 domains ${middleOf(fewer, 'rate').toFixed(0)} a second`,
);
sayRatio('rate of 1,000 domains, against 10', ratioOf(many, fewer), { least: 0.9 });
await ten.end();
const used = residentBytes(thousand.pid);
console.log(
  `resident memory with 1,000 domains: ${inMegabytes(idle)} before the first connection, ${inMegabytes(used)} after the last ` +
    `(bar at most ${inMegabytes(maxResident)}: ${Math.max(idle, used) <= maxResident ? 'meets' : 'MISSES'}), ` +
    `${countDescriptors(thousand.pid)} descriptors`,
);
await thousand.end();

await using holder = await startVirtuald(7003, trees.conf, banner, 'hold');
await using floor = await serve([listener, '7004', trees.conf, banner, 'hold'], 7004);
await settle(holder);
// What a domain's first connection takes is not a connection's.
await measureHeld(holder, 7003);
const ours = await measureHeld(holder, 7003);
const theirs = await measureHeld(floor, 7004);
console.log(
  `${held} held connections: ${inKibibytes(ours.services / held)} each of the service and ${inKibibytes(ours.resident / held)} each of virtuald, ` +
    `which had ${ours.descriptors} more descriptors; ${inKibibytes(theirs.services / held)} each of the service under a C listener`,
);
sayRatio(
  'memory of a held connection, against the C listener',
  (ours.services + ours.resident) / theirs.services,
  { most: 1.1 },
);

function startVirtuald(port: number, conf: string, ...program: string[]): Promise<Server> {
  const own = ['--listen', `${port}`, '--name', 'banner', '--status-socket', `${sandbox}/status.${port}`];
  return serve([`${prefix}/sbin/virtuald`, '--root', root, ...own, conf, ...program], port);
}

/** Waits until a server has made all that it makes ahead, by the number of its descriptors. */
async function settle({ pid }: Server): Promise<void> {
  let last = -1;
  for (let quiet = 0; quiet < 4; await sleep(500)) {
    const count = countDescriptors(pid);
    quiet = count === last ? quiet + 1 : 0;
    last = count;
  }
}

/** Bytes of all the services, and by how much their server grew. */
async function measureHeld({ pid }: Server, port: number) {
  const before = { resident: residentBytes(pid), descriptors: countDescriptors(pid) };
  const words = [`${port}`, trees.table, `${held}`, 'hold'];
  const holding = spawn(load, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(holding, 'exit');
  const [said] = (await once(holding.stdout, 'data')) as [Buffer];
  if (said.toString() !== 'held\n') throw new Error(`the service said something else: ${said}`);
  const services = listChildren(pid).filter(({ state }) => state !== 'Z');
  if (services.length !== held) throw new Error(`${services.length} services run for ${held} connections`);
  const found = {
    services: services.reduce((sum, service) => sum + proportionalBytes(service.pid), 0),
    resident: residentBytes(pid) - before.resident,
    descriptors: countDescriptors(pid) - before.descriptors,
  };
  holding.stdin.end();
  await ended;
  return found;
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function inKibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
