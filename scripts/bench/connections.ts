// How many connections a second each server passes to a service in the right one of ten trees, one process a
// connection. Called by scripts/bench/run, which installs the peers and virtfs and gives private namespaces.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { compileStatic, makeBannerTrees } from '../../test/support/banner-trees.ts';
import { type Server, serve } from '../../test/support/serve.ts';
import { type Effort, measureInTurn, middleOf, ratioOf, type Served, sayRatio } from './measure-rates.ts';

const [prefix = '', sandbox = '', rounds = '7', seconds = '3'] = process.argv.slice(2);
const effort: Effort = { rounds: Number(rounds), seconds: Number(seconds), unmeasured: 1 };
const barsByClients = [
  [1, 0.8],
  [16, 0.95],
  [64, 0.9],
] as const;

const addresses = Array.from({ length: 10 }, (_, index) => `127.0.1.${index + 1}`);
using trees = makeBannerTrees({ virtfs: `${prefix}/sbin/virtfs`, folder: sandbox, addresses });
const { banner, conf, table, root, places } = trees;
const load = compileStatic(new URL('load.c', import.meta.url).pathname, sandbox);
const listener = compileStatic(new URL('listener.c', import.meta.url).pathname, sandbox);

const inetdConf = `${sandbox}/inetd.conf`;
const inetdLine = ({ address, domain }: (typeof places)[number]) =>
  `${address}:7003 stream tcp nowait root /usr/sbin/chroot chroot ${root}/${domain} ${banner}\n`;
writeFileSync(inetdConf, places.map(inetdLine).join(''));

const servers: Server[] = [
  await serve(
    [`${prefix}/sbin/virtuald`, '--root', root, '--listen', '7001', '--name', 'banner', conf, banner],
    7001,
  ),
  // Without names, ident and a limit that would be reached, and with room for all who wait.
  ...(await Promise.all(
    places.map(({ address, domain }) =>
      serve(
        [
          'tcpserver',
          '-HRl0',
          '-c',
          '200',
          '-b',
          '4096',
          address,
          '7002',
          '/usr/sbin/chroot',
          `${root}/${domain}`,
          banner,
        ],
        7002,
        address,
      ),
    ),
  )),
  await serve(['inetd', '-i', '-R', '1000000000', '-q', '4096', inetdConf], 7003, addresses[0]),
  await serve([listener, '7004', conf, banner], 7004),
];

const sides = {
  virtuald: { name: 'virtuald', port: 7001, table },
  tcpserver: { name: 'tcpserver + chroot', port: 7002, table },
  inetd: { name: 'inetd + chroot', port: 7003, table },
  listener: { name: 'C listener', port: 7004, table },
} satisfies Record<string, Served>;

for (const [clients, bar] of barsByClients) {
  const measured = measureInTurn(load, sides, clients, effort);
  console.log(`${clients} clients, ${effort.rounds} rounds of ${effort.seconds} s, every banner verified`);
  for (const [side, rates] of Object.entries(measured)) {
    const [rate, p50, p99] = (['rate', 'p50', 'p99'] as const).map((of) => middleOf(rates, of));
    console.log(
      `  ${sides[side as keyof typeof sides].name}: ${rate?.toFixed(0)} a second, p50 ${p50?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms`,
    );
  }
  const { virtuald, tcpserver, inetd, listener: floor } = measured;
  const better = middleOf(tcpserver, 'rate') > middleOf(inetd, 'rate') ? tcpserver : inetd;
  const name = better === tcpserver ? sides.tcpserver.name : sides.inetd.name;
  sayRatio(`rate, against ${name}`, ratioOf(virtuald, better), { least: 1.6 });
  sayRatio('rate, against the C listener', ratioOf(virtuald, floor), { least: bar });
  if (clients === 64) sayRatio('p99, against the C listener', ratioOf(virtuald, floor, 'p99'), { most: 1.8 });
}
for (const server of servers) await server.end();
