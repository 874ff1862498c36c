import type { Settings } from '../../domain/settings.ts';
import { findExpiry, readTrash, readTrashedRecord, type TrashedDomain } from '../../host/read-trash.ts';
import { describeName } from '../describe-name.ts';
import { describeTable } from '../describe-table.ts';
import type { Io } from '../io.ts';
import type { ListCall } from '../specs/list-spec.ts';

/** `virtfs list --removed`: what is in the trash. */
export async function listRemoved(
  settings: Settings,
  { json, names }: ListCall['values'],
  io: Io,
): Promise<number> {
  const trashed = (await Promise.all(settings.roots.map(readTrash))).flat();
  if (names) {
    for (const name of new Set(trashed.map(({ domain }) => domain))) io.out(name);
    return 0;
  }
  const rows = await Promise.all(trashed.map((each) => rowOf(each, settings.trashDays)));
  if (json) {
    io.out(JSON.stringify({ roots: settings.roots, removed: rows }, undefined, 2));
  } else if (rows.length === 0) {
    io.err(`The trash of ${settings.roots.join(', ')} is empty.`);
  } else {
    const severalRoots = settings.roots.length > 1;
    const columns = [
      { title: 'DOMAIN', shrinks: true },
      { title: 'REMOVED' },
      { title: 'ADDRESSES', shrinks: true },
      { title: 'ALIASES', shrinks: true },
      { title: 'DELETED' },
      ...(severalRoots ? [{ title: 'ROOT', shrinks: true }] : []),
    ];
    const cells = rows.map(({ domain, removed, addresses, aliases, expires, purging, root }) => [
      describeName(domain),
      removed,
      addresses.join(' ') || '-',
      aliases.join(' ') || '-',
      purging ? 'by the next virtfs clean' : (expires?.slice(0, 10) ?? 'never'),
      root,
    ]);
    const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
    for (const line of describeTable(columns, cells, width)) io.out(line);
  }
  return 0;
}

async function rowOf(trashed: TrashedDomain, trashDays: number) {
  const { domain, removed, aliases, root, folder, purging = false } = trashed;
  const record = await readTrashedRecord(trashed);
  return {
    domain,
    root,
    path: `${root === '/' ? '' : root}/.virtfs/trash/${folder}/tree`,
    removed,
    expires: findExpiry(trashed, trashDays)?.toISOString(),
    purging,
    aliases,
    addresses: record?.addresses ?? [],
    profiles: record?.profiles ?? [],
  };
}
