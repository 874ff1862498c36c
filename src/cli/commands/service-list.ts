import { parseDomainName } from '../../domain/domain-name.ts';
import { parseServiceName } from '../../domain/service-name.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { readVirtualdFile, type VirtualdFile } from '../../host/read-virtuald-services.ts';
import { type ListedService, listServices } from '../../pipeline/list-services.ts';
import { describeNotes } from '../change-words.ts';
import { describeName } from '../describe-name.ts';
import { describeTable } from '../describe-table.ts';
import type { Io } from '../io.ts';
import { listUnknownServices } from '../list-unknown-services.ts';
import type { ServiceListCall } from '../specs/service-specs.ts';

export async function runServiceList({ operands, values, io }: ServiceListCall): Promise<number> {
  const [name, service] = operands;
  const wanted = service === undefined ? undefined : parseServiceName(service);
  const settings = await readSettings(io.env, values.root);
  const found = name === undefined ? undefined : await findDomain(settings.roots, parseDomainName(name));
  const known = await readVirtualdFile(settings);
  const roots = found === undefined ? settings.roots : [found.root];
  const services = roots
    .flatMap((root) => listServices(root, known, found?.domain))
    .filter((each) => wanted === undefined || each.service === wanted);
  if (values.json) {
    io.out(JSON.stringify({ roots: settings.roots, config: known.path, services }, undefined, 2));
    return 0;
  }
  if (services.length === 0) {
    const who = found?.domain ?? 'No domain';
    const what = wanted === undefined ? 'service' : `service ${wanted}`;
    io.err(
      `${who} has ${found === undefined ? 'a' : 'no'} ${what}. Give it one: virtfs service enable DOMAIN SERVICE`,
    );
    return 0;
  }
  printTable(services, settings.roots.length > 1, io);
  for (const line of describeNotes(describeTroubles(services, known), io.columns)) io.err(line);
  return 0;
}

function printTable(services: readonly ListedService[], hasRoots: boolean, io: Io): void {
  const columns = [
    { title: 'DOMAIN', shrinks: true },
    { title: 'SERVICE' },
    { title: 'ADDRESSES', shrinks: true },
    { title: 'PROGRAM', shrinks: true },
    ...(hasRoots ? [{ title: 'ROOT', shrinks: true }] : []),
  ];
  const rows = services.map(({ domain, service, addresses, program, isInTree, root }) => [
    describeName(domain),
    service,
    addresses.join(' '),
    program === undefined ? '-' : isInTree === false ? `${program} (not in the tree)` : program,
    root,
  ]);
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeTable(columns, rows, width)) io.out(line);
}

function describeTroubles(services: readonly ListedService[], known: VirtualdFile): readonly string[] {
  const lacking = services.filter(({ isInTree }) => isInTree === false);
  return [
    ...listUnknownServices(
      services.map(({ service }) => service),
      known,
    ),
    ...lacking.map(
      ({ domain, service, program }) =>
        `${domain} has the service ${service} and no ${program}: let its profile name it, man 5 virtfs-profile`,
    ),
  ];
}
