import { parseDomainName } from '../../domain/domain-name.ts';
import { hasEscaped } from '../../domain/escape-report.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { tryEscapes } from '../../pipeline/escape/try-escapes.ts';
import { describeEscapes, describeVerdict } from '../describe-escapes.ts';
import type { CheckCall } from '../specs/check-spec.ts';

/** `virtfs check --escape DOMAIN`. */
export async function runCheckEscape({ operands, values, io }: CheckCall): Promise<number> {
  const [name] = operands;
  if (name === undefined || operands.length > 1 || values.all || values.deep) throw oneDomain();
  const { roots } = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(roots, parseDomainName(name));
  const report = await tryEscapes({
    root,
    domain,
    enter: (tree, user) => enterWords(root, tree, user),
    signal: io.signal,
  });
  if (values.json) io.out(JSON.stringify({ root, escaped: hasEscaped(report), ...report }, undefined, 2));
  else if (!values.quiet) {
    // What reads a pipe wants each attempt in one line.
    const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
    for (const line of describeEscapes(report, width)) io.out(line);
    io.err(describeVerdict(report));
  }
  return hasEscaped(report) ? sysexit.findings : sysexit.ok;
}

/** Ourselves, by the command that becomes the one who makes the attempts. */
function enterWords(root: string, domain: string, user: string | undefined): readonly string[] {
  const [, script = ''] = process.argv;
  const as = user === undefined ? [] : ['--user', user];
  return [process.execPath, script, 'escape-probe', '--root', root, ...as, '--', domain];
}

function oneDomain(): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: 'cannot tell which ways out to try',
    why: 'check --escape takes one DOMAIN, and neither --all nor --deep',
    mend: 'virtfs check --escape DOMAIN',
  });
}
