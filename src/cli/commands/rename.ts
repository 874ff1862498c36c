import { type DomainName, parseDomainName } from '../../domain/domain-name.ts';
import { findDomain, listDomains } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { renameDomain } from '../../pipeline/rename-domain.ts';
import { sayWaiting } from '../choose-progress.ts';
import { describeName } from '../describe-name.ts';
import { finishChange } from '../finish-change.ts';
import type { RenameCall } from '../specs/rename-spec.ts';

export async function runRename({ operands, values, io }: RenameCall): Promise<number> {
  const [from, to] = [parseDomainName(operands[0] ?? ''), parseDomainName(operands[1] ?? '')];
  const settings = await readSettings(io.env, values.root);
  const root = await findRoot(settings.roots, from, to);
  const place = { settings, root, signal: io.signal, onWait: sayWaiting(values, io, root) };
  const renamed = await renameDomain({
    ...place,
    from,
    to,
    keepAlias: values['keep-alias'] ?? false,
    force: values.force ?? false,
  });
  if (!values.json && !values.quiet) io.out(renamed.path);
  const said = [
    renamed.isChanged
      ? `Renamed ${describeName(from)} to ${describeName(to)}.`
      : `${describeName(from)} has the name ${describeName(to)} already.`,
  ];
  return finishChange({ place, changed: renamed, said, values, io });
}

/** After a kill the tree may have its new name already. */
async function findRoot(roots: readonly string[], from: DomainName, to: DomainName): Promise<string> {
  const lists = roots.map(listDomains);
  const found =
    lists.find(({ domains }) => domains.includes(from)) ?? lists.find(({ domains }) => domains.includes(to));
  return found?.root ?? (await findDomain(roots, from)).root;
}
