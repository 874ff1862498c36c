import { parseDomainName } from '../../domain/domain-name.ts';
import { parseServiceName } from '../../domain/service-name.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { readVirtualdFile } from '../../host/read-virtuald-services.ts';
import { type ChangedService, type ChangedServices, changeServices } from '../../pipeline/change-services.ts';
import { describeNotes } from '../change-words.ts';
import { sayWaiting } from '../choose-progress.ts';
import { listUnknownServices } from '../list-unknown-services.ts';
import type { ServiceDisableCall, ServiceEnableCall } from '../specs/service-specs.ts';
import { wrapText } from '../wrap-text.ts';

export function runServiceEnable(call: ServiceEnableCall): Promise<number> {
  return change(call, (services) => ({ enable: services, disable: [] }), {
    asDefault: call.values.default ?? false,
    describe: ({ service, added }, { domain, dryRun }) =>
      added.length === 0
        ? `${domain} has the service ${service} already.`
        : `${domain} ${dryRun ? 'would get' : 'has'} the service ${service}: ${added.join(' ')}.`,
  });
}

export function runServiceDisable(call: ServiceDisableCall): Promise<number> {
  return change(call, (services) => ({ enable: [], disable: services }), {
    asDefault: false,
    describe: ({ service, removed }, { domain, dryRun }) =>
      removed.length === 0
        ? `${domain} has no service ${service}.`
        : `${domain} ${dryRun ? 'would lose' : 'has no more'} the service ${service}: ${removed.join(' ')}.`,
  });
}

interface ServicesWords {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

interface Telling {
  readonly asDefault: boolean;
  /** What became of one service. */
  readonly describe: (service: ChangedService, changed: ChangedServices) => string;
}

async function change(
  { operands, values, io }: ServiceDisableCall,
  pick: (services: readonly string[]) => ServicesWords,
  { asDefault, describe }: Telling,
): Promise<number> {
  const [first = '', ...rest] = operands;
  const wanted = parseDomainName(first);
  const services = [...new Set(rest.map(parseServiceName))];
  const settings = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(settings.roots, wanted);
  const changed = await changeServices({
    settings,
    root,
    domain,
    ...pick(services),
    asDefault,
    dryRun: values['dry-run'] ?? false,
    signal: io.signal,
    onWait: sayWaiting(values, io, root),
  });
  if (values.json) io.out(JSON.stringify(changed, undefined, 2));
  if (values.json || values.quiet) return 0;
  for (const service of changed.services)
    for (const line of wrapText(describe(service, changed), io.columns)) io.err(line);
  const unknown = listUnknownServices(pick(services).enable, await readVirtualdFile(settings));
  for (const line of describeNotes([...changed.notices, ...unknown], io.columns)) io.err(line);
  return 0;
}
