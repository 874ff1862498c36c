import { join } from 'node:path';
import { listDomains } from '../../src/host/read-records.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import { type CheckResult, checkDomains } from '../../src/pipeline/check-domains.ts';
import { create } from './run-create.ts';
import type { Sandbox } from './trees-root.ts';

/** Checks all domains of a sandbox. */
export function checkAll(
  { root }: Pick<Sandbox, 'root'>,
  options: { readonly deep?: boolean } = {},
): Promise<CheckResult> {
  return checkDomains({
    domains: listDomains(root).domains.map((domain) => ({ root, domain })),
    wholeStore: true,
    deep: options.deep ?? false,
    progress: 'none',
    signal: new AbortController().signal,
  });
}

/** What a check of all domains finds, one line each: `DOMAIN PATH KIND`, `-` for the store and for a tree itself. */
export async function listFindings(
  sandbox: Pick<Sandbox, 'root'>,
  options?: { readonly deep?: boolean },
): Promise<readonly string[]> {
  return (await checkAll(sandbox, options)).findings.map(nameFinding);
}

function nameFinding({ domain, path, kind }: Finding): string {
  return `${domain ?? '-'} ${path || '-'} ${kind}`;
}

/** Makes a.org in a sandbox; where its tree is. */
export async function makeOne(
  { settings, root }: Sandbox,
  more: {
    readonly link?: 'copy';
    readonly profiles?: readonly string[];
    readonly aliases?: readonly string[];
  } = {},
): Promise<string> {
  await create({ settings, domains: ['a.org'], link: 'hardlink', ...more });
  return join(root, 'a.org');
}
