import { parseDomainName } from '../../domain/domain-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { cloneDomain, planClone } from '../../pipeline/clone-domain.ts';
import type { CloneCounts, CloneRequest } from '../../pipeline/clone-request.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import { badUsage } from '../command-line.ts';
import { describeCount, describeSize } from '../describe-size.ts';
import type { Io } from '../io.ts';
import { parseCreateWords } from '../parse-create-words.ts';
import { describePlanned } from '../show-plan.ts';
import type { CloneCall } from '../specs/clone-spec.ts';
import { wrapText } from '../wrap-text.ts';

type Values = CloneCall['values'];

export async function runClone({ operands, values, io, spec }: CloneCall): Promise<number> {
  const [source = '', ...others] = operands;
  const { address, alias, quiet, verbose } = values;
  if (quiet && verbose) throw badUsage('virtfs', spec, '--quiet and --verbose contradict each other');
  const words = parseCreateWords(others, {
    ...(address === undefined ? {} : { address }),
    ...(alias === undefined ? {} : { alias }),
  });
  const [domain] = words.domains;
  if (domain === undefined) throw badUsage('virtfs', spec, 'it needs SRC NEW');
  const settings = await readSettings(io.env, values.root);
  const found = await findDomain(settings.roots, parseDomainName(source));
  const request: CloneRequest = {
    root: found.root,
    source: found.domain,
    domain,
    addresses: words.addresses ?? [],
    aliases: words.aliases,
    withoutPasswords: values['without-passwords'] ?? false,
    settings,
    progress: chooseProgress(values, io),
    signal: io.signal,
    onWait: sayWaiting(values, io, found.root),
  };
  return values['dry-run'] ? showClone(request, values, io) : make(request, values, io);
}

async function make(request: CloneRequest, values: Values, io: Io): Promise<number> {
  const result = await cloneDomain(request);
  if (values.json) {
    io.out(JSON.stringify(result, undefined, 2));
  } else if (!values.quiet) {
    for (const { path } of result.domains) io.out(path);
    const { describeClosing } = await import('../closing-words.ts');
    const rootOption = values.root === undefined ? '' : ` --root ${request.root}`;
    const copied = `Copied ${describeCounts(result.copied)} of ${result.source}.`;
    const lines = describeClosing(result, { columns: io.columns, hints: io.errIsTerminal, rootOption });
    for (const line of [...wrapText(copied, io.columns), ...lines]) io.err(line);
  }
  return 0;
}

async function showClone(request: CloneRequest, { json, quiet }: Values, io: Io): Promise<number> {
  const planned = await planClone(request);
  io.signal.throwIfAborted();
  const { domains, copied, notices } = planned;
  const { root, source } = request;
  if (json) {
    const shown = domains.map(({ plan: _, ...domain }) => domain);
    io.out(JSON.stringify({ dryRun: true, root, source, domains: shown, copied, notices }, undefined, 2));
    return 0;
  }
  for (const domain of domains) {
    io.out(`${domain.domain} would take ${describePlanned(domain)}`);
    io.out(`${describeCounts(copied)} of ${source} would come along`);
  }
  if (quiet) return 0;
  for (const notice of notices) io.err(`  note: ${escapeLines(notice)}`);
  io.err('Nothing was changed.');
  return 0;
}

function describeCounts({ files, folders, links, bytes }: CloneCounts): string {
  return `${describeCount(files, 'file')} (${describeSize(bytes)}), ${describeCount(folders, 'folder')} and ${describeCount(links, 'link')}`;
}
