import { parseDomainName } from '../../domain/domain-name.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type DiffRequest, diffDomain } from '../../pipeline/diff-domain.ts';
import { sayWaiting } from '../choose-progress.ts';
import { badUsage } from '../command-line.ts';
import { describeDifference, escapeDiffLine } from '../describe-diff.ts';
import { describeCount } from '../describe-size.ts';
import type { Io } from '../io.ts';
import type { DiffCall } from '../specs/diff-spec.ts';

type Values = DiffCall['values'];

export async function runDiff({ operands, values, io, spec }: DiffCall): Promise<number> {
  const [name = '', ...paths] = operands;
  const { accept } = values;
  if (accept !== undefined && paths.length > 0)
    throw badUsage(
      'virtfs',
      spec,
      `give --accept for each file that is to be taken, before '${paths[0]}' too`,
    );
  const settings = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(settings.roots, parseDomainName(name));
  const request: DiffRequest = { settings, root, domain, paths: accept ?? paths };
  return accept === undefined ? showDifferences(request, values, io) : take(request, values, io);
}

async function showDifferences(request: DiffRequest, { json, quiet, root }: Values, io: Io): Promise<number> {
  const { domain } = request;
  const differences = await diffDomain(request);
  if (json) {
    const files = differences.map(({ diff, ...rest }) =>
      diff === undefined ? rest : { ...rest, diff: diff.map(escapeDiffLine) },
    );
    io.out(JSON.stringify({ root: request.root, domain, files }, undefined, 2));
  } else if (!quiet) {
    for (const line of differences.flatMap(describeDifference)) io.out(line);
    const option = root === undefined ? '' : ` --root ${root}`;
    if (differences.length === 0) io.err(`The configuration of ${domain} is as virtfs would lay it today.`);
    else {
      io.err(`${describeCount(differences.length, 'file')} of ${domain}. To take today's:`);
      io.err(`  virtfs diff${option} ${domain} --accept ${differences[0]?.path}`);
    }
  }
  return differences.length === 0 ? sysexit.ok : sysexit.findings;
}

async function take(request: DiffRequest, values: Values, io: Io): Promise<number> {
  const { acceptConfiguration } = await import('../../pipeline/accept-configuration.ts');
  const { root, domain } = request;
  const onWait = sayWaiting(values, io, root);
  const accepted = await acceptConfiguration({ ...request, signal: io.signal, onWait });
  if (values.json) {
    io.out(JSON.stringify({ root, domain, accepted }, undefined, 2));
    return sysexit.ok;
  }
  if (values.quiet) return sysexit.ok;
  for (const { path, isReplaced, old } of accepted) {
    const kept = old === undefined ? '' : `; the old one is ${old}`;
    io.out(isReplaced ? `${path}: taken${kept}` : `${path}: is as virtfs would lay it already`);
  }
  return sysexit.ok;
}
