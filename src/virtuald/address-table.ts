import type { Conf, ConfComplaint } from '../domain/conf-lines.ts';
import { type DomainName, whyNotDomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import { escapeLines } from '../errors/escape-lines.ts';

/** Where a tree is: `ROOT/NAME`, of which the name may be that of an alias link. */
export interface TreePlace {
  readonly root: string;
  readonly name: DomainName;
}

/** Which tree a connection goes to. Plain data, so that it can go to another thread. */
export interface AddressTable {
  readonly byAddress: ReadonlyMap<IpAddress, TreePlace>;
  /** For addresses that no line has. */
  readonly standard: TreePlace | undefined;
  /** Every tree there is a line for, by its name, and what `withServerNames` adds. */
  readonly byName: ReadonlyMap<DomainName, TreePlace>;
}

/** A table, and what is wrong with the lines that are not in it. */
export interface MadeTable {
  readonly table: AddressTable;
  readonly complaints: readonly ConfComplaint[];
}

/**
 * The table that `conf` says. `roots` are the folders that hold trees, absolute and normal: a line whose directory is
 * not one of their domains is a complaint. The first line of an address counts; a further one, and one of `sni`, only
 * names its tree for those who ask for it by name.
 */
export function makeAddressTable(conf: Conf, roots: readonly string[]): MadeTable {
  const byAddress = new Map<IpAddress, TreePlace>();
  const byName = new Map<DomainName, TreePlace>();
  const places = new Map<string, TreePlace>();
  const complaints = [...conf.complaints];
  let standard: TreePlace | undefined;
  for (const { line, address, directory } of conf.lines) {
    const found = placeOf(directory, roots);
    if (typeof found === 'string') {
      complaints.push({ line, why: found });
      continue;
    }
    // One object for a tree, however many addresses it has.
    const key = `${found.root}/${found.name}`;
    const place = places.get(key) ?? found;
    places.set(key, place);
    if (!byName.has(place.name)) byName.set(place.name, place);
    if (address === 'default') standard ??= place;
    else if (address !== 'sni' && !byAddress.has(address)) byAddress.set(address, place);
  }
  return {
    table: { byAddress, standard, byName },
    complaints: complaints.toSorted((a, b) => a.line - b.line),
  };
}

/** The tree for connections to a local address. */
export function findByAddress(table: AddressTable, address: IpAddress): TreePlace | undefined {
  return table.byAddress.get(address) ?? table.standard;
}

/** The tree for the name a TLS client asks for: that name, or else it with its first labels dropped, one by one. */
export function findByServerName(table: AddressTable, name: DomainName): TreePlace | undefined {
  let rest: string = name;
  while (rest !== '') {
    const place = table.byName.get(rest as DomainName);
    if (place !== undefined) return place;
    const dot = rest.indexOf('.');
    rest = dot === -1 ? '' : rest.slice(dot + 1);
  }
  return undefined;
}

/** `table` with further names for its trees, such as those of alias links; a name that it has keeps its tree. */
export function withServerNames(
  table: AddressTable,
  names: Iterable<readonly [name: DomainName, place: TreePlace]>,
): AddressTable {
  return { ...table, byName: new Map([...names, ...table.byName]) };
}

/** A text says why the directory is no tree. */
function placeOf(directory: string, roots: readonly string[]): TreePlace | string {
  const path = directory.replace(/\/+/gu, '/').replace(/(?<=.)\/$/u, '');
  const cut = path.lastIndexOf('/');
  const above = cut === 0 ? '/' : path.slice(0, cut);
  const name = path.slice(cut + 1);
  const shown = escapeLines(path).slice(0, 200);
  const root = roots.find((each) => each === above);
  if (root === undefined) return `${shown} is not directly below a root of trees: ${roots.join(', ')}`;
  const wrong = whyNotDomainName(name);
  if (wrong !== undefined) return `${shown} is no domain's tree: ${wrong}`;
  // Names on disk are in lower case and ASCII.
  if (!/^[a-z0-9.-]+$/u.test(name))
    return `${shown} is no domain's tree: the names of trees are in lower case`;
  return { root, name: name as DomainName };
}
