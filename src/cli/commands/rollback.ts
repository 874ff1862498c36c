import { parseDomainName } from '../../domain/domain-name.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { rollbackDomain } from '../../pipeline/rollback-domain.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import type { RollbackCall } from '../specs/rollback-spec.ts';
import { tellUpdate } from '../tell-update.ts';

export async function runRollback({ operands, values, io }: RollbackCall): Promise<number> {
  const settings = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(settings.roots, parseDomainName(operands[0] ?? ''));
  const result = await rollbackDomain({
    root,
    domain,
    dryRun: values['dry-run'] ?? false,
    progress: chooseProgress(values, io),
    signal: io.signal,
    onWait: sayWaiting(values, io, root),
  });
  if (values.json) io.out(JSON.stringify(result, undefined, 2));
  else tellUpdate([result], values, io);
  return result.domains.some(({ conflicts }) => conflicts.length > 0) ? sysexit.findings : sysexit.ok;
}
