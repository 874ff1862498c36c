import type { ConfKey } from '../domain/conf-lines.ts';
import type { DomainName } from '../domain/domain-name.ts';
import { disableConfLines, enableConfLines, type ServiceWish } from '../domain/service-lines.ts';
import type { Settings } from '../domain/settings.ts';
import { changeConfFile, confDirectories } from '../engine/conf-files.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listDomains, readRecord } from '../host/read-records.ts';
import {
  confNameOf,
  readVirtualdFile,
  servicesOfConf,
  type VirtualdFile,
} from '../host/read-virtuald-services.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';

export interface ServicesRequest {
  readonly settings: Settings;
  /** The root of trees the domain is in, absolute. */
  readonly root: string;
  readonly domain: DomainName;
  /** Names of services it is to have, and not to have. */
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  /** Of those it is to have, it also gets what no line is for. */
  readonly asDefault: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

/** What became of the lines of one service. */
export interface ChangedService {
  readonly service: string;
  /** The file in the root of trees: `conf.ftp`. */
  readonly file: string;
  readonly added: readonly ConfKey[];
  readonly removed: readonly ConfKey[];
}

export interface ChangedServices {
  readonly root: string;
  readonly domain: DomainName;
  readonly dryRun: boolean;
  readonly services: readonly ChangedService[];
  /** False when all was so already. */
  readonly isChanged: boolean;
  /** Sentences: what is worth knowing. */
  readonly notices: readonly string[];
}

/**
 * Gives a domain services, or takes them away: lines of the files `conf.SERVICE` in the root of trees, which say it all;
 * no record has it. What cannot be done is found before a file is written.
 * Throws ADDRESS_MISSING for a domain without an address, ADDRESS_TAKEN where a line gives one to another directory,
 * BAD_CONFIG where virtuald.toml keeps the lines elsewhere, what `changeTrees` and `changeConfFile` throw.
 */
export async function changeServices(request: ServicesRequest): Promise<ChangedServices> {
  const { root, settings, signal, onWait, dryRun } = request;
  const known = await readVirtualdFile(settings);
  return changeTrees({ root, what: 'change the services of a domain', signal, onWait }, async (trees) => {
    const work = new ServicesWork(request, trees, known, await readWish(request, trees));
    const services = work.change('look');
    if (!dryRun) work.change('write');
    return {
      root: trees.root.path,
      domain: request.domain,
      dryRun,
      services,
      isChanged: services.some(({ added, removed }) => added.length + removed.length > 0),
      notices: describeOdd(services, request, known),
    };
  });
}

async function readWish(
  { root: requested, domain, asDefault }: ServicesRequest,
  { root }: OpenTrees,
): Promise<Omit<ServiceWish, 'sni'>> {
  const { domains, aliases } = listDomains(root.path);
  if (!domains.includes(domain)) throw gone(domain);
  const links = aliases.flatMap((each) => (each.domain === domain ? [each.name] : []));
  const directories = confDirectories([root.path, requested], [domain, ...links]);
  const addresses = (await readRecord(root.path, domain))?.addresses ?? [];
  const [directory = ''] = directories;
  return { directory, directories, addresses, asDefault };
}

class ServicesWork {
  readonly #request: ServicesRequest;
  readonly #trees: OpenTrees;
  readonly #known: VirtualdFile;
  readonly #wish: Omit<ServiceWish, 'sni'>;

  constructor(
    request: ServicesRequest,
    trees: OpenTrees,
    known: VirtualdFile,
    wish: Omit<ServiceWish, 'sni'>,
  ) {
    this.#request = request;
    this.#trees = trees;
    this.#known = known;
    this.#wish = wish;
  }

  change(how: 'look' | 'write'): readonly ChangedService[] {
    const { enable, disable } = this.#request;
    return [
      ...disable.map((service) => this.#disable(service, how)),
      ...enable.map((service) => this.#enable(service, how)),
    ];
  }

  #enable(service: string, how: 'look' | 'write'): ChangedService {
    const file = this.#fileOf(service);
    const sni = this.#known.services.get(service)?.sni === true;
    let added: readonly ConfKey[] = [];
    changeConfFile(this.#trees.state, file, (before) => {
      const enabled = enableConfLines(before, { ...this.#wish, sni });
      if (enabled === undefined) throw addressMissing(this.#request.domain, service);
      const [first] = enabled.refused;
      if (first !== undefined) throw lineTaken(service, file, first);
      added = enabled.added;
      return how === 'look' ? before : enabled.text;
    });
    return { service, file, added, removed: [] };
  }

  #disable(service: string, how: 'look' | 'write'): ChangedService {
    const file = this.#fileOf(service);
    let removed: readonly ConfKey[] = [];
    changeConfFile(this.#trees.state, file, (before) => {
      const disabled = disableConfLines(before, this.#wish.directories);
      removed = disabled.removed;
      return how === 'look' ? before : disabled.text;
    });
    return { service, file, added: [], removed };
  }

  #fileOf(service: string): string {
    return confNameOf(this.#known, service, this.#trees.root.path);
  }
}

/** What was done as asked, and may not be what was meant. */
function describeOdd(
  services: readonly ChangedService[],
  { root, settings, enable, disable }: ServicesRequest,
  known: VirtualdFile,
): readonly string[] {
  const [first = root] = settings.roots;
  return services.flatMap(({ service, file }) => {
    const sharing = servicesOfConf(known, file, root).filter(
      (each) => each !== service && !enable.includes(each) && !disable.includes(each),
    );
    return [
      ...(sharing.length === 0
        ? []
        : [`${sharing.join(' and ')} changed with ${service}: virtuald.toml gives them the same ${file}`]),
      ...(enable.includes(service) && known.services.has(service) && root !== first
        ? [
            `virtuald reads ${first}/${file}, and this is ${root}/${file}: it needs a service of its own for it`,
          ]
        : []),
    ];
  });
}

/** The domain has no address, and nothing else can tell it. */
export function addressMissing(domain: DomainName, service: string): VirtfsError {
  return new VirtfsError('ADDRESS_MISSING', {
    what: `cannot give ${domain} the service ${service}`,
    why: 'it has no address by which a connection could be told to be its own',
    mend: `give it one: virtfs address add ${domain} IP - or let it have what is for no other domain: virtfs service enable ${domain} ${service} --default`,
  });
}

/** A line gives an address to another domain, or to what is no domain. */
export function lineTaken(
  service: string,
  file: string,
  { key, directory }: { readonly key: ConfKey; readonly directory: string },
): VirtfsError {
  // The text of conf files is bytes, one character each.
  const shown = Buffer.from(directory, 'latin1').toString();
  return new VirtfsError('ADDRESS_TAKEN', {
    what: `cannot give ${key} the service ${service}`,
    why: `a line of ${file} gives it to ${shown}`,
    mend: `take that line away first: virtfs service disable DOMAIN ${service}, or an editor; domains that share an address are told apart where virtuald.toml has sni = true`,
  });
}

function gone(domain: DomainName): VirtfsError {
  return new VirtfsError('DOMAIN_MISSING', {
    what: `cannot change the services of ${domain}`,
    why: 'its tree was removed or renamed meanwhile',
    mend: 'see what there is: virtfs list',
  });
}
