import { putVirtualdServices } from '../../host/put-virtuald-services.ts';
import { readServiceTemplates } from '../../host/read-service-templates.ts';
import { readSettings } from '../../host/read-settings.ts';
import { readVirtualdFile } from '../../host/read-virtuald-services.ts';
import { describeTable } from '../describe-table.ts';
import type { Io } from '../io.ts';
import type { ServiceSetupCall } from '../specs/service-specs.ts';

export async function runServiceSetup({ operands, values, io }: ServiceSetupCall): Promise<number> {
  const settings = await readSettings(io.env);
  if (operands.length === 0) return list(settings, values, io);
  const dryRun = values['dry-run'] ?? false;
  const names = [...new Set(operands)];
  const { path, added, kept } = await putVirtualdServices(settings, names, { dryRun, signal: io.signal });
  if (values.json) {
    io.out(JSON.stringify({ path, dryRun, added, kept }, undefined, 2));
    return 0;
  }
  if (values.quiet) return 0;
  for (const { text } of added) io.out(text.trimEnd());
  for (const name of kept) io.err(`${path} has the service ${name} already; it stays as it is.`);
  if (added.length === 0) return 0;
  const said = added.map(({ name }) => name).join(', ');
  io.err(dryRun ? `${path} would get ${said}.` : `${path} has ${said} now.`);
  const [first] = added;
  if (!dryRun) io.err(`Give it to a domain: virtfs service enable DOMAIN ${first?.name}`);
  return 0;
}

async function list(
  settings: Awaited<ReturnType<typeof readSettings>>,
  values: ServiceSetupCall['values'],
  io: Io,
): Promise<number> {
  const { path, services } = await readVirtualdFile(settings);
  const templates = [...readServiceTemplates().values()];
  if (values.json) {
    const known = templates.map((each) => ({ ...each, isConfigured: services.has(each.name) }));
    io.out(JSON.stringify({ path, services: known }, undefined, 2));
    return 0;
  }
  const rows = templates.map(({ name, summary }) => [name, services.has(name) ? 'yes' : 'no', summary]);
  const columns = [{ title: 'SERVICE' }, { title: 'SET UP' }, { title: 'WHAT', shrinks: true }];
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeTable(columns, rows, width)) io.out(line);
  return 0;
}
