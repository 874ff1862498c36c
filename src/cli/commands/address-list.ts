import { isSameDirectory } from '../../domain/conf-lines.ts';
import { type DomainName, parseDomainName } from '../../domain/domain-name.ts';
import type { IpAddress } from '../../domain/ip-address.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { requireInterface } from '../../host/interface-addresses.ts';
import { readConfFiles } from '../../host/read-conf-files.ts';
import { findDomain, listDomains, readRecord } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { badUsage } from '../command-line.ts';
import { type BootFormat, bootFormats, describeBootAddresses } from '../describe-boot-addresses.ts';
import { describeName } from '../describe-name.ts';
import { describeTable } from '../describe-table.ts';
import type { Io } from '../io.ts';
import type { AddressListCall } from '../specs/address-specs.ts';

/** One address of one domain. */
export interface ListedAddress {
  readonly address: IpAddress;
  readonly domain: DomainName;
  readonly root: string;
  /** Services whose conf file sends the address to the domain. */
  readonly services: readonly string[];
  /** The record has it: else a line of a conf file alone says so. */
  readonly recorded: boolean;
}

export async function runAddressList({ operands, values, io, spec }: AddressListCall): Promise<number> {
  const format = parseFormat(values, (why) => badUsage('virtfs', spec, why));
  const { roots } = await readSettings(io.env, values.root);
  const found = operands[0] === undefined ? undefined : await findDomain(roots, parseDomainName(operands[0]));
  const addresses = await listAddresses(found === undefined ? roots : [found.root], found?.domain);
  if (format !== undefined) {
    requireInterface(format.interface);
    for (const line of describeBootAddresses(addresses, format)) io.out(line);
  } else if (values.json) {
    io.out(JSON.stringify({ roots, addresses }, undefined, 2));
  } else if (addresses.length === 0) {
    io.err(
      `${found === undefined ? 'No domain has an' : `${found.domain} has no`} address. Give it one: virtfs address add DOMAIN IP`,
    );
  } else {
    printTable(addresses, roots, io);
  }
  return 0;
}

function parseFormat(values: AddressListCall['values'], bad: (why: string) => Error): BootFormat | undefined {
  const { format, interface: name } = values;
  if (format === undefined && name === undefined) return undefined;
  if (format === undefined)
    throw bad('--interface says for which interface --format prints: --format ifupdown');
  if (name === undefined) throw bad('--format needs to know for which interface: --interface eth0');
  if (values.json) throw bad('--format and --json contradict each other');
  const known = bootFormats.find((each) => each === format);
  if (known !== undefined) return { type: known, interface: name };
  throw bad(`--format is one of ${bootFormats.join(', ')}, not '${escapeLines(format).slice(0, 80)}'`);
}

async function listAddresses(
  roots: readonly string[],
  only: DomainName | undefined,
): Promise<readonly ListedAddress[]> {
  const listed: ListedAddress[] = [];
  for (const root of roots) {
    const { domains, aliases } = listDomains(root);
    const files = readConfFiles(root);
    for (const domain of domains.filter((each) => only === undefined || each === only)) {
      const recorded = (await readRecord(root, domain))?.addresses ?? [];
      const names = [domain, ...aliases.flatMap((each) => (each.domain === domain ? [each.name] : []))];
      const paths = names.map((name) => `${root}/${name}`);
      const lines = files.flatMap(({ service, lines }) =>
        lines
          .filter(
            ({ directory, shared }) =>
              shared === undefined && paths.some((path) => isSameDirectory(path, directory)),
          )
          .map(({ address }) => ({ service, address })),
      );
      const inLines = lines.flatMap(({ address }) =>
        address === 'default' || address === 'sni' ? [] : [address],
      );
      for (const address of new Set([...recorded, ...inLines])) {
        const services = lines.filter((line) => line.address === address).map(({ service }) => service);
        listed.push({
          address,
          domain,
          root,
          services: [...new Set(services)],
          recorded: recorded.includes(address),
        });
      }
    }
  }
  return listed;
}

function printTable(addresses: readonly ListedAddress[], roots: readonly string[], io: Io): void {
  const columns = [
    { title: 'ADDRESS' },
    { title: 'DOMAIN', shrinks: true },
    { title: 'SERVICES', shrinks: true },
    ...(roots.length > 1 ? [{ title: 'ROOT', shrinks: true }] : []),
  ];
  const rows = addresses.map(({ address, domain, services, root }) => [
    address,
    describeName(domain),
    services.join(' ') || '-',
    root,
  ]);
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeTable(columns, rows, width)) io.out(line);
  for (const { address, domain, services, recorded } of addresses) {
    if (recorded) continue;
    io.err(
      `The record of ${domain} lacks ${address}, which conf.${services[0]} sends to it: virtfs address add ${domain} ${address}`,
    );
  }
}
