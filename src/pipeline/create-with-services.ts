import { enableConfLines } from '../domain/service-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfText } from '../host/read-conf-files.ts';
import { confNameOf, readVirtualdFile } from '../host/read-virtuald-services.ts';
import { addressMissing, changeServices, lineTaken } from './change-services.ts';
import { createDomains } from './create-domains.ts';
import type { CreateRequest, CreateResult } from './create-request.ts';

/**
 * Makes the trees of new domains, and then gives them the services of `request`. What would keep a domain from them is
 * found before a tree is made; killed between the two, it has none, and `virtfs service enable` gives them.
 * Throws as `createDomains` and `changeServices`.
 */
export async function createWithServices(request: CreateRequest): Promise<CreateResult> {
  const { services = [], settings, domains, signal, onWait } = request;
  if (services.length === 0) return createDomains(request);
  await requireServicesPossible(request, services);
  const result = await createDomains(request);
  const notices: string[] = [];
  for (const domain of domains) {
    try {
      const changed = await changeServices({
        settings,
        root: settings.root,
        domain,
        enable: services,
        disable: [],
        asDefault: false,
        dryRun: false,
        signal,
        onWait,
      });
      notices.push(...changed.notices);
    } catch (error) {
      throw sayMade(error, domain, services);
    }
  }
  return { ...result, notices: [...result.notices, ...notices] };
}

async function requireServicesPossible(
  { settings: { root, ...settings }, domains, addresses }: CreateRequest,
  services: readonly string[],
): Promise<void> {
  const known = await readVirtualdFile(settings);
  for (const service of services) {
    const file = confNameOf(known, service, root);
    const sni = known.services.get(service)?.sni === true;
    for (const domain of domains) {
      const wish = { directory: '/', directories: [], addresses, asDefault: false, sni };
      const enabled = enableConfLines(readConfText(root, file), wish);
      if (enabled === undefined) throw addressMissing(domain, service);
      const [first] = enabled.refused;
      if (first !== undefined) throw lineTaken(service, file, first);
    }
  }
}

function sayMade(error: unknown, domain: string, services: readonly string[]): unknown {
  if (!(error instanceof VirtfsError)) return error;
  return new VirtfsError(error.code, {
    what: `the tree of ${domain} is made, but it has not all its services`,
    why: error.message,
    mend: `${error.mend}; then: virtfs service enable ${domain} ${services.join(' ')}`,
    cause: error,
  });
}
