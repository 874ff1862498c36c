import { execFile } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Snapshot } from '../../../src/virtuald/snapshot.ts';
import {
  type BannerTrees,
  compileStatic,
  describeConf,
  makeBannerTrees,
  putTables,
} from '../banner-trees.ts';
import { countDescriptors, listChildren, listProcessesIn, residentBytes } from '../process-facts.ts';
import { type Server, serve } from '../serve.ts';
import {
  addUp,
  type ClientsReport,
  describeFindings,
  type Finding,
  type Observed,
} from './describe-findings.ts';

const run = promisify(execFile);
const port = 7300;
/** At once, of which each domain may have fewer than come to it at times. */
const clientsAtOnce = 100;
const mostOfADomain = 5;
const refusal = 'busy';
const nobodysAddress = '127.0.6.99';

export interface Soak {
  /** The programs. */
  readonly virtfs: string;
  readonly virtuald: string;
  /** Empty, root's alone, with room for a tree. */
  readonly folder: string;
  readonly connections: number;
  /** How often the table is written anew, and HUP sent. */
  readonly reloadMs: number;
  /** Of the clients' dice. */
  readonly seed: number;
  /** By how many bytes its memory may grow over the last four tenths: less can be asked of many connections. */
  readonly growthAllowed: number;
}

/**
 * Lets many clients, good and bad ones, loose on a virtuald of 20 domains whose table is written anew all the while, and
 * says what is then as it must be and what is not. Needs root, gcc and namespaces of its own.
 */
export async function runSoak(soak: Soak): Promise<readonly Finding[]> {
  const addresses = Array.from({ length: 20 }, (_, index) => `127.0.6.${index + 1}`);
  using trees = makeBannerTrees({ ...soak, addresses });
  const statusSocket = `${soak.folder}/status`;
  const flags = ['--listen', `${port}`, '--name', 'soak', '--status-socket', statusSocket];
  const policy = ['--max', `${mostOfADomain}`, '--refusal', refusal];
  const words = ['--root', trees.root, ...flags, ...policy, trees.conf, trees.banner, 'hold'];
  await using server = await serve([soak.virtuald, ...words], port);
  const clients = startsOfClients(soak, trees);
  const readStatus = async () => {
    const asked = await run(soak.virtuald, ['--status', '--json', '--status-socket', statusSocket]);
    return addUp(JSON.parse(asked.stdout) as Snapshot);
  };
  const settle = async () => {
    for (const end = performance.now() + 30_000; performance.now() < end; await sleep(100)) {
      const { running, waiting } = await readStatus();
      if (running === 0 && waiting === 0) break;
    }
    // Its own answer to the last question is closed by then.
    await sleep(500);
    return observe(server, trees);
  };

  const first = { ...(await settle()), counts: await readStatus() };
  const reloads = startReloading(soak, trees, server.pid);
  const warm = await clients(soak.connections * 0.1);
  const warmed = await settle();
  const more = await clients(soak.connections * 0.5);
  const later = await settle();
  const rest = await clients(soak.connections * 0.4);
  const written = await reloads.stop();
  const last = { ...(await settle()), counts: await readStatus() };
  const status = await server.end();
  const left = listProcessesIn(folders(trees)).length;
  const { growthAllowed } = soak;
  const all = [warm, more, rest];
  const end = { status, left };
  return describeFindings({ first, warmed, later, last, clients: all, written, end, growthAllowed });
}

function observe({ pid }: Server, trees: BannerTrees): Observed {
  return {
    descriptors: countDescriptors(pid),
    resident: residentBytes(pid),
    children: listChildren(pid),
    inTrees: listProcessesIn(folders(trees)),
  };
}

function folders({ root, places }: BannerTrees): readonly string[] {
  return places.map(({ domain }) => `${root}/${domain}`);
}

function startsOfClients(
  { folder, seed }: Soak,
  trees: BannerTrees,
): (count: number) => Promise<ClientsReport> {
  const source = new URL('../../fixtures/soak-clients.c', import.meta.url).pathname;
  const program = compileStatic(source, folder);
  const { table } = putTables(folder, folder, [...trees.places, { address: nobodysAddress, domain: '-' }]);
  let call = 0;
  return async (count) => {
    const words = [port, table, Math.round(count), clientsAtOnce, refusal, seed + call++].map(String);
    const { stdout, stderr } = await run(program, words);
    process.stderr.write(stderr);
    return JSON.parse(stdout) as ClientsReport;
  };
}

/** Writes the table again and again, its lines in another order, each fifth time with a line that is none. */
function startReloading({ reloadMs }: Soak, { root, conf, places }: BannerTrees, pid: number) {
  const stop = new AbortController();
  const put = (text: string) => {
    writeFileSync(`${conf}.new`, text);
    renameSync(`${conf}.new`, conf);
    process.kill(pid, 'SIGHUP');
  };
  const work = async () => {
    let written = 0;
    while (!stop.signal.aborted) {
      written += 1;
      const turned = [...places.slice(written % places.length), ...places.slice(0, written % places.length)];
      put(describeConf(root, turned) + (written % 5 === 0 ? 'nowhere at all\n' : ''));
      await sleep(reloadMs);
    }
    put(describeConf(root, places));
    return written + 1;
  };
  const done = work();
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}
