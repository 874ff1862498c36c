import { parseDomainName } from '../../domain/domain-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type TracedLack, type TraceReport, traceProgram } from '../../pipeline/trace-program.ts';
import { renderProfileLines } from '../../plan/decide-lack.ts';
import { describeCount } from '../describe-size.ts';
import { describeTable } from '../describe-table.ts';
import type { TraceCall } from '../specs/trace-spec.ts';
import { wrapText } from '../wrap-text.ts';

export async function runTrace({ operands, values, io }: TraceCall): Promise<number> {
  const [name = '', ...command] = operands;
  const { roots } = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(roots, parseDomainName(name));
  const { user, json = false, all = false } = values;
  const out = json ? 'standard error' : 'standard output';
  const report = await traceProgram({ root, domain, user, command, out, env: io.env });
  const lacks = report.lacks.filter(({ minor }) => all || minor === undefined);
  const shown = { ...report, lacks };
  const profile = renderProfileLines(lacks);
  if (json) io.out(JSON.stringify({ domain, root, command, ...shown, profile }, undefined, 2));
  else {
    const width = io.errIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
    for (const line of describeReport(command[0] ?? '', domain, shown, width)) io.err(line);
  }
  if (lacks.some(({ denied }) => denied === undefined)) return sysexit.findings;
  return report.hasStarted ? sysexit.ok : (report.status ?? sysexit.osErr);
}

function describeReport(
  program: string,
  domain: string,
  report: TraceReport,
  width: number,
): readonly string[] {
  const had = report.lacks.filter(({ denied }) => denied === undefined);
  const denied = report.lacks.filter((lack) => lack.denied !== undefined);
  const none = 'Of what it looked for in vain, this host has nothing.';
  const head = `${escapeLines(program)} in ${domain} ${describeEnd(report)}.`;
  return [
    ...wrapText(had.length === 0 ? `${head} ${none}` : head, width),
    ...describeHad(had, width),
    ...describeDenied(denied, width),
    ...describeNotes(report).flatMap((note) => wrapText(note, width)),
  ];
}

function describeEnd({ hasStarted, status, signal }: TraceReport): string {
  if (!hasStarted) return `was not started (status ${status ?? signal})`;
  return signal === undefined ? `ended with status ${status}` : `was ended by ${signal}`;
}

function describeHad(lacks: readonly TracedLack[], width: number): readonly string[] {
  if (lacks.length === 0) return [];
  const columns = [
    { title: 'NOT FOUND', shrinks: true },
    { title: 'WHAT' },
    { title: 'PACKAGE', shrinks: true },
  ];
  const rows = lacks.map(({ path, kind, package: owner }) => [path, kind, owner ?? '-']);
  return [
    '',
    ...wrapText('Not in the tree, and the host has it:', width),
    ...describeTable(columns, rows, width),
    '',
    ...wrapText('In a profile, this would bring it:', width),
    // Not wrapped: lines to copy.
    ...renderProfileLines(lacks).map((line) => `  ${line}`),
    '',
  ];
}

function describeDenied(lacks: readonly TracedLack[], width: number): readonly string[] {
  if (lacks.length === 0) return [];
  return [
    ...wrapText('The host has these too, and no tree may:', width),
    ...lacks.flatMap(({ path, denied = '' }) =>
      wrapText(`${escapeLines(path)}: ${denied}`, width - 2).map((line) => `  ${line}`),
    ),
  ];
}

function describeNotes({ leftRunning, dropped }: TraceReport): readonly string[] {
  const left = `It left ${describeCount(leftRunning, 'process', 'processes')} running; nobody traces what they do from now on.`;
  const lost = `It looked for too many files: ${describeCount(dropped, 'search', 'searches')} more were not noted.`;
  return [...(leftRunning > 0 ? [left] : []), ...(dropped > 0 ? [lost] : [])];
}
