import { escapeLines } from '../../errors/escape-lines.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type Affected, type AffectedDomain, findAffected } from '../../pipeline/find-affected.ts';
import { describeCount } from '../describe-size.ts';
import { describeTable } from '../describe-table.ts';
import { reportError } from '../report-error.ts';
import type { AffectedCall } from '../specs/affected-spec.ts';
import { wrapText } from '../wrap-text.ts';

export async function runAffected({ operands, values, io }: AffectedCall): Promise<number> {
  const { roots } = await readSettings(io.env, values.root);
  const { affected, unreadable } = await findAffected(roots, [...new Set(operands)]);
  const json = values.json ?? false;
  let status: number = affected.every(({ domains }) => domains.every(({ isCurrent }) => isCurrent))
    ? sysexit.ok
    : sysexit.findings;
  for (const error of unreadable) status = reportError(error, io.err, { program: 'virtfs', json });
  if (json) {
    io.out(JSON.stringify({ roots, affected }, undefined, 2));
    return status;
  }
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const [index, each] of affected.entries()) {
    if (each.domains.length === 0) {
      for (const line of wrapText(describeNobody(each), width)) io.err(line);
      continue;
    }
    if (index > 0) io.out('');
    for (const line of describeAffected(each, roots.length > 1, width)) io.out(line);
  }
  return status;
}

function describeNobody({ name, kind, hostVersion }: Affected): string {
  return kind === 'package'
    ? `No domain holds a file of the package ${name} (${hostVersion} on this host).`
    : `No domain holds ${escapeLines(name)}, and this host has no package of that name.`;
}

function describeAffected(affected: Affected, severalRoots: boolean, width: number): readonly string[] {
  const { name, package: owner, hostVersion, domains } = affected;
  const packaged =
    owner === undefined ? '' : `${owner === name ? '' : `package ${owner}, `}${hostVersion} on this host; `;
  const head = `${escapeLines(name)}: ${packaged}held by ${describeCount(domains.length, 'domain')}`;
  const columns = [
    { title: 'DOMAIN', shrinks: true },
    { title: 'VERSION', shrinks: true },
    { title: 'STATE', shrinks: true },
    ...(severalRoots ? [{ title: 'ROOT', shrinks: true }] : []),
  ];
  const rows = domains.map((each) => [
    each.domain,
    each.version ?? 'unknown',
    describeState(each),
    each.root,
  ]);
  return [...wrapText(head, width), ...describeTable(columns, rows, width)];
}

function describeState({ files, isCurrent }: AffectedDomain): string {
  const total = describeCount(files.length, 'file');
  if (isCurrent) return `current (${total})`;
  const behind = files.filter(({ state }) => state !== 'current').length;
  const gone = files.filter(({ state }) => state === 'gone').length;
  return `outdated (${behind} of ${total}${gone > 0 ? `, ${gone} gone from the host` : ''})`;
}
