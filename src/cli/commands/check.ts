import { existsSync } from 'node:fs';
import { parseDomainName } from '../../domain/domain-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { type FoundDomain, findDomain, listDomains } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type CheckResult, checkDomains } from '../../pipeline/check-domains.ts';
import { chooseProgress } from '../choose-progress.ts';
import { describeFindings } from '../describe-findings.ts';
import type { Io } from '../io.ts';
import type { CheckCall } from '../specs/check-spec.ts';

/** As many domains are looked through before anybody looks for a sign of life. */
const fewDomains = 5;

export async function runCheck(call: CheckCall): Promise<number> {
  const { operands, values, io } = call;
  if (values.escape) return (await import('./check-escape.ts')).runCheckEscape(call);
  requireOneWay(operands, values.all);
  const { roots } = await readSettings(io.env, values.root);
  const all = operands.length === 0;
  if (values.root !== undefined && !existsSync(values.root)) throw noSuchRoot(values.root);
  const domains = all ? roots.flatMap(listAll) : await findAll(roots, operands);
  const isLong = values.deep || domains.length > fewDomains;
  const drawn = chooseProgress(values, io) === 'list' && isLong;
  const result = await checkDomains({
    domains,
    wholeStore: all,
    deep: values.deep ?? false,
    progress: drawn ? 'list' : 'none',
    signal: io.signal,
  });
  if (values.json) io.out(JSON.stringify({ roots, ...result }, undefined, 2));
  else if (!values.quiet) print(result, roots, io);
  return result.findings.length === 0 ? sysexit.ok : sysexit.findings;
}

function print(result: CheckResult, roots: readonly string[], io: Io): void {
  if (result.domains.length === 0) {
    io.err(`There is no domain in ${escapeLines(roots.join(', '))} yet. Make one: virtfs create DOMAIN`);
    return;
  }
  // What reads a pipe wants each text in one line.
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeFindings(result, width)) io.out(line);
}

function listAll(root: string): readonly FoundDomain[] {
  return listDomains(root).domains.map((domain) => ({ root, domain }));
}

/** Each domain once, by whichever of its names it was called. */
async function findAll(roots: readonly string[], names: readonly string[]): Promise<readonly FoundDomain[]> {
  const found = await Promise.all(names.map((name) => findDomain(roots, parseDomainName(name))));
  return [...new Map(found.map((each) => [`${each.root} ${each.domain}`, each])).values()];
}

function requireOneWay(operands: readonly string[], all: boolean | undefined): void {
  if (!all || operands.length === 0) return;
  throw new VirtfsError('BAD_USAGE', {
    what: 'cannot tell which domains to check',
    why: 'both --all and a DOMAIN are given',
    mend: 'give one of them',
  });
}

/** Named by hand, a folder that is not there is a slip, not a root without domains. */
function noSuchRoot(root: string): VirtfsError {
  return new VirtfsError('PATH_MISSING', {
    what: `cannot check the domains in ${escapeLines(root)}`,
    why: 'there is no such folder',
    mend: 'correct --root; virtfs create makes the folder with the first domain',
  });
}
