import { type ConfKey, type ConfLine, plainDirectory } from '../domain/conf-lines.ts';
import type { DomainName } from '../domain/domain-name.ts';
import { HeldTree } from '../engine/held-tree.ts';
import { isProgramInTree } from '../engine/is-program-in-tree.ts';
import { openTreesRoot, type TreesRoot } from '../engine/open-root.ts';
import { openTree } from '../engine/open-tree.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type ConfFile, readConfFiles } from '../host/read-conf-files.ts';
import { type DomainList, listDomains } from '../host/read-records.ts';
import { servicesOfConf, type VirtualdFile } from '../host/read-virtuald-services.ts';

/** A service that a domain has. */
export interface ListedService {
  readonly domain: DomainName;
  readonly root: string;
  readonly service: string;
  /** The file in the root of trees that says so: `conf.ftp`. */
  readonly file: string;
  /** What it has lines for. */
  readonly addresses: readonly ConfKey[];
  /** virtuald.toml has such a service. */
  readonly isConfigured: boolean;
  /** What virtuald.toml starts for it. */
  readonly program: string | undefined;
  /** The tree has that program; undefined where there is none to look for, or the tree may not be looked into. */
  readonly isInTree: boolean | undefined;
}

/** The services of the domains of one root, by domain; of `only` where it is given. */
export function listServices(root: string, known: VirtualdFile, only?: DomainName): readonly ListedService[] {
  const list = listDomains(root);
  const files = readConfFiles(root).map(indexConf);
  using trees = openIfSafe(root);
  return list.domains
    .filter((domain) => only === undefined || domain === only)
    .flatMap((domain) => {
      const paths = pathsOf(list, domain);
      const inTree = new TreePrograms(trees, domain);
      return files.flatMap((file) => {
        const addresses = keysOf(file, paths);
        if (addresses.length === 0) return [];
        return servicesOfConf(known, file.name, root).map((service): ListedService => {
          const program = known.services.get(service)?.program;
          return {
            domain,
            root,
            service,
            file: file.name,
            addresses,
            isConfigured: known.services.has(service),
            program,
            isInTree: program === undefined ? undefined : inTree.has(program),
          };
        });
      });
    });
}

/** Names of the services of each domain of a list, without a look into any tree. */
export function findServices(
  list: DomainList,
  known: VirtualdFile,
): ReadonlyMap<DomainName, readonly string[]> {
  const files = readConfFiles(list.root).map(indexConf);
  return new Map(
    list.domains.map((domain) => {
      const paths = pathsOf(list, domain);
      const own = files.filter((file) => keysOf(file, paths).length > 0);
      return [domain, own.flatMap(({ name }) => servicesOfConf(known, name, list.root))];
    }),
  );
}

function pathsOf({ root, aliases }: DomainList, domain: DomainName): readonly string[] {
  const names = [domain, ...aliases.flatMap((each) => (each.domain === domain ? [each.name] : []))];
  return names.map((name) => `${root === '/' ? '' : root}/${name}`);
}

/** A file of addresses and trees, its lines by the one spelling of their directories. */
interface IndexedConf {
  readonly name: string;
  readonly byDirectory: ReadonlyMap<string, readonly ConfLine[]>;
}

function indexConf({ service, lines }: ConfFile): IndexedConf {
  return {
    name: `conf.${service}`,
    byDirectory: Map.groupBy(lines, ({ directory }) => plainDirectory(directory)),
  };
}

function keysOf({ byDirectory }: IndexedConf, paths: readonly string[]): readonly ConfKey[] {
  const own = paths.flatMap((path) => byDirectory.get(plainDirectory(path)) ?? []);
  // A further line of an address names the tree for TLS alone, as one of sni does.
  const inOrder = own.toSorted((one, other) => one.line - other.line);
  return [...new Set(inOrder.map(({ address, shared }) => (shared ? 'sni' : address)))];
}

/** Where virtuald looks for a program without a slash. */
const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

class TreePrograms {
  readonly #trees: TreesRoot | undefined;
  readonly #domain: DomainName;

  constructor(trees: TreesRoot | undefined, domain: DomainName) {
    this.#trees = trees;
    this.#domain = domain;
  }

  has(program: string): boolean | undefined {
    if (this.#trees === undefined) return undefined;
    try {
      using tree = new HeldTree(openTree(this.#trees, this.#domain));
      const paths = program.includes('/') ? [program] : searchPath.map((folder) => `${folder}/${program}`);
      return paths.some((path) => isProgramInTree(tree.fd, path));
    } catch (error) {
      // What is wrong with the tree says who checks trees.
      if (error instanceof VirtfsError) return undefined;
      throw error;
    }
  }
}

function openIfSafe(root: string): TreesRoot | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  try {
    return openTreesRoot(root, { make: false });
  } catch (error) {
    if (error instanceof VirtfsError) return undefined;
    throw error;
  }
}
