import { existsSync } from 'node:fs';
import type { DomainName } from '../../domain/domain-name.ts';
import type { DomainRecord } from '../../domain/record.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { listDomains, readRecord } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { describeName } from '../describe-name.ts';
import type { Io } from '../io.ts';
import { reportError } from '../report-error.ts';
import type { ListCall } from '../specs/list-spec.ts';

/** One row: a tree, with what its record says when it has one. */
interface ListedDomain {
  readonly root: string;
  readonly domain: DomainName;
  readonly aliases: readonly DomainName[];
  readonly record?: DomainRecord | undefined;
}

export async function runList({ values, io }: ListCall): Promise<number> {
  const settings = await readSettings(io.env, values.root);
  const { roots } = settings;
  if (values.root !== undefined && roots.every((root) => !existsSync(root))) throw noSuchRoot(values.root);
  if (values.removed) {
    const { listRemoved } = await import('./list-removed.ts');
    return listRemoved(settings, values, io);
  }
  if (values.names) {
    for (const name of roots.flatMap(allNames).sort()) io.out(name);
    return 0;
  }
  const { listed, status } = await readAll(roots, io, values.json ?? false);
  if (values.json) {
    io.out(JSON.stringify({ roots, domains: listed.map(describeJson) }, undefined, 2));
  } else if (listed.length === 0) {
    io.err(`There is no domain in ${roots.join(', ')} yet. Make one: virtfs create DOMAIN`);
  } else {
    await printTable(listed, roots, io);
  }
  return status;
}

/** Named by hand, a folder that is not there is a slip, not an empty list. */
function noSuchRoot(root: string): VirtfsError {
  return new VirtfsError('PATH_MISSING', {
    what: `cannot list the domains in ${escapeLines(root)}`,
    why: 'there is no such folder',
    mend: 'correct --root; virtfs create makes the folder with the first domain',
  });
}

function allNames(root: string): readonly string[] {
  const { domains, aliases } = listDomains(root);
  return [...domains, ...aliases.map((alias) => alias.name)];
}

/** A record that cannot be read is reported and its domain listed without it: one broken file must not hide the rest. */
async function readAll(roots: readonly string[], io: Io, json: boolean) {
  let status = 0;
  const listed: ListedDomain[] = [];
  for (const { root, domains, aliases } of roots.map(listDomains)) {
    for (const domain of domains) {
      const record = await readRecord(root, domain).catch((error: unknown) => {
        if (!(error instanceof VirtfsError) || error.code !== 'BAD_RECORD') throw error;
        status = reportError(error, io.err, { program: 'virtfs', json });
        return undefined;
      });
      const own = aliases.filter((alias) => alias.domain === domain).map((alias) => alias.name);
      listed.push({ root, domain, aliases: own, record });
    }
  }
  return { listed, status };
}

function describeJson({ root, domain, aliases, record }: ListedDomain) {
  const { profiles = [], addresses = [], admin, uids, link, created, updated } = record ?? {};
  const path = `${root === '/' ? '' : root}/${domain}`;
  return {
    domain,
    root,
    path,
    aliases,
    recorded: record !== undefined,
    profiles,
    addresses,
    admin,
    uids,
    link,
    created,
    updated,
  };
}

async function printTable(listed: readonly ListedDomain[], roots: readonly string[], io: Io): Promise<void> {
  const { describeTable } = await import('../describe-table.ts');
  const severalRoots = roots.length > 1;
  const columns = [
    { title: 'DOMAIN', shrinks: true },
    { title: 'ADDRESSES', shrinks: true },
    { title: 'PROFILES', shrinks: true },
    { title: 'ALIASES', shrinks: true },
    { title: 'CREATED' },
    ...(severalRoots ? [{ title: 'ROOT', shrinks: true }] : []),
  ];
  const rows = listed.map(({ root, domain, aliases, record }) => [
    describeName(domain),
    record?.addresses.join(' ') || '-',
    record?.profiles.join(' ') || '-',
    aliases.join(' ') || '-',
    record?.created.slice(0, 10) ?? '-',
    root,
  ]);
  // What reads a pipe wants each row in one line.
  const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
  for (const line of describeTable(columns, rows, width)) io.out(line);
}
