import { sysexit } from '../../errors/sysexits.ts';
import { readSettings } from '../../host/read-settings.ts';
import { examineMachine } from '../../pipeline/doctor/examine-machine.ts';
import type { Finding } from '../../pipeline/doctor/finding.ts';
import { describeCount } from '../describe-size.ts';
import type { DoctorCall } from '../specs/doctor-spec.ts';
import { wrapText } from '../wrap-text.ts';

export async function runDoctor({ values, io }: DoctorCall): Promise<number> {
  const settings = await readSettings(io.env, values.root);
  const findings = await examineMachine(settings, io.env.PATH);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (values.json) {
    io.out(JSON.stringify({ roots: settings.roots, problems, findings }, undefined, 2));
  } else {
    const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
    const shown = values.quiet ? findings.filter(({ level }) => level !== 'ok') : findings;
    for (const line of describeFindings(shown, width)) io.out(line);
    if (!values.quiet) io.err(describeSum(findings, problems));
  }
  return problems > 0 ? sysexit.findings : sysexit.ok;
}

// biome-ignore format: a table
const words: Readonly<Record<Finding['level'], string>> = {
  ok:      'ok     ',
  note:    'note   ',
  problem: 'PROBLEM',
  unseen:  'unseen ',
};

function describeFindings(findings: readonly Finding[], width: number): readonly string[] {
  return [...Map.groupBy(findings, ({ area }) => area)].flatMap(([area, ofArea]) => [
    area,
    ...ofArea.flatMap((finding) => describeFinding(finding, width)),
  ]);
}

function describeFinding({ level, what, mend }: Finding, width: number): readonly string[] {
  const indent = ' '.repeat(11);
  const room = Math.max(20, width - indent.length);
  const [first = '', ...rest] = wrapText(what, room);
  const mends = mend === undefined ? [] : wrapText(`-> ${mend}`, room);
  return [`  ${words[level]}  ${first}`, ...[...rest, ...mends].map((line) => indent + line)];
}

function describeSum(findings: readonly Finding[], problems: number): string {
  const notes = findings.filter(({ level }) => level === 'note').length;
  const unseen = findings.filter(({ level }) => level === 'unseen').length;
  const sum = `${describeCount(problems, 'problem')}, ${describeCount(notes, 'note')}`;
  return unseen === 0 ? `${sum}.` : `${sum}; ${unseen} not seen.`;
}
