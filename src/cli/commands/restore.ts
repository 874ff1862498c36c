import { type DomainName, parseDomainName } from '../../domain/domain-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { readSettings } from '../../host/read-settings.ts';
import { readTrash } from '../../host/read-trash.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { type RestoreResult, restoreDomain } from '../../pipeline/restore-domain.ts';
import { sayWaiting } from '../choose-progress.ts';
import type { Io } from '../io.ts';
import type { RestoreCall } from '../specs/remove-specs.ts';
import { wrapText } from '../wrap-text.ts';

export async function runRestore({ operands, values, io }: RestoreCall): Promise<number> {
  const settings = await readSettings(io.env, values.root);
  const domain = parseDomainName(operands[0] ?? '');
  requireRoot('restore a domain');
  const root = await findTrashRoot(settings.roots, domain, values['removed-at']);
  const result = await restoreDomain({
    settings,
    root,
    domain,
    removedAt: values['removed-at'],
    withoutNames: values['without-names'] ?? false,
    signal: io.signal,
    onWait: sayWaiting(values, io, root),
  });
  if (values.json) io.out(JSON.stringify(result, undefined, 2));
  else if (!values.quiet) tell(result, io);
  return 0;
}

/** The root whose trash lost it last; the first of all when none has it, and says so. */
async function findTrashRoot(roots: readonly string[], domain: DomainName, removedAt = ''): Promise<string> {
  const all = (await Promise.all(roots.map(readTrash))).flat();
  const fit = all.filter((each) => each.domain === domain && each.removed.startsWith(removedAt));
  const newest = fit.sort((one, other) => (one.removed < other.removed ? 1 : -1))[0];
  return newest?.root ?? roots[0] ?? '';
}

function tell(
  { domain, path, removed, aliases, addresses, leftOut, confFiles, notices }: RestoreResult,
  io: Io,
): void {
  io.out(path);
  const names = [...aliases, ...addresses].join(' ');
  const lines = [
    `Restored ${domain}, removed ${removed}${names === '' ? '' : `, with ${names}`}${confFiles.length === 0 ? '' : `, and its lines in ${confFiles.join(' ')}`}.`,
    ...(leftOut.length === 0
      ? []
      : [
          `note: another domain has ${leftOut.join(' ')}; its own files may still name them: virtfs update ${domain}`,
        ]),
    ...notices.map((notice) => `note: ${notice}`),
  ];
  for (const line of lines.flatMap((each) => wrapText(escapeLines(each), io.columns))) io.err(line);
}
