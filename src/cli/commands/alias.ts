import { type DomainName, parseDomainName } from '../../domain/domain-name.ts';
import { findDomain, listDomains, readRecord } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type ChangedRecord, changeRecord } from '../../pipeline/change-record.ts';
import { sayWaiting } from '../choose-progress.ts';
import { describeName } from '../describe-name.ts';
import { describeTable } from '../describe-table.ts';
import { finishChange } from '../finish-change.ts';
import type { AliasChangeCall, AliasListCall } from '../specs/alias-specs.ts';

export function runAliasAdd(call: AliasChangeCall): Promise<number> {
  return change(call, {
    edit: (before, names) => [...before, ...names],
    describe: ({ added, links }, name, domain) =>
      added.aliases.includes(name) || links.includes(name)
        ? `${describeName(name)} is an alias of ${domain} now.`
        : `${describeName(name)} is an alias of ${domain} already.`,
  });
}

export function runAliasRemove(call: AliasChangeCall): Promise<number> {
  return change(call, {
    edit: (before, names) => before.filter((each) => !names.includes(each)),
    describe: ({ removed, links }, name, domain) =>
      removed.aliases.includes(name) || links.includes(name)
        ? `${describeName(name)} is no alias of ${domain} any more.`
        : `${describeName(name)} is no alias of ${domain}.`,
  });
}

interface AliasChange {
  readonly edit: (before: readonly DomainName[], names: readonly DomainName[]) => readonly DomainName[];
  /** What became of one name. */
  readonly describe: (changed: ChangedRecord, name: DomainName, domain: DomainName) => string;
}

async function change(
  { operands, values, io }: AliasChangeCall,
  { edit, describe }: AliasChange,
): Promise<number> {
  const [first = '', ...rest] = operands;
  const wanted = parseDomainName(first);
  const names = [...new Set(rest.map(parseDomainName))];
  const settings = await readSettings(io.env, values.root);
  const { root, domain } = await findDomain(settings.roots, wanted);
  const place = { settings, root, signal: io.signal, onWait: sayWaiting(values, io, root) };
  const changed = await changeRecord({
    ...place,
    domain,
    about: { aliases: names },
    change: (record) => ({ ...record, aliases: edit(record.aliases, names) }),
  });
  const said = names.map((name) => describe(changed, name, domain));
  return finishChange({ place, changed, said, values, io });
}

export async function runAliasList({ operands, values, io }: AliasListCall): Promise<number> {
  const { roots } = await readSettings(io.env, values.root);
  const found = operands[0] === undefined ? undefined : await findDomain(roots, parseDomainName(operands[0]));
  const aliases = await listAliases(found === undefined ? roots : [found.root], found?.domain);
  if (values.json) {
    io.out(JSON.stringify({ roots, aliases }, undefined, 2));
    return 0;
  }
  if (aliases.length === 0) {
    io.err(
      `${found?.domain ?? 'No domain'} has ${found === undefined ? 'an' : 'no'} alias. Give it one: virtfs alias add DOMAIN NAME`,
    );
    return 0;
  }
  const columns = [
    { title: 'ALIAS', shrinks: true },
    { title: 'DOMAIN', shrinks: true },
    ...(roots.length > 1 ? [{ title: 'ROOT', shrinks: true }] : []),
  ];
  const rows = aliases.map(({ alias, domain, root }) => [describeName(alias), describeName(domain), root]);
  for (const line of describeTable(columns, rows, io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY)) {
    io.out(line);
  }
  for (const { alias, domain, linked } of aliases) {
    if (!linked)
      io.err(`The link of ${alias} is not there. Make it again: virtfs alias add ${domain} ${alias}`);
  }
  return 0;
}

interface ListedAlias {
  readonly alias: DomainName;
  readonly domain: DomainName;
  readonly root: string;
  /** The link is there. */
  readonly linked: boolean;
  /** The record has it: else the link was made by hand. */
  readonly recorded: boolean;
}

async function listAliases(
  roots: readonly string[],
  only: DomainName | undefined,
): Promise<readonly ListedAlias[]> {
  const listed: ListedAlias[] = [];
  for (const { root, domains, aliases } of roots.map(listDomains)) {
    for (const domain of domains.filter((each) => only === undefined || each === only)) {
      const recorded = (await readRecord(root, domain))?.aliases ?? [];
      const links = aliases.filter((each) => each.domain === domain).map(({ name }) => name);
      for (const alias of [...new Set([...recorded, ...links])]) {
        listed.push({
          alias,
          domain,
          root,
          linked: links.includes(alias),
          recorded: recorded.includes(alias),
        });
      }
    }
  }
  return listed;
}
