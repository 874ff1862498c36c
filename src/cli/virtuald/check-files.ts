import { closeSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseConf } from '../../domain/conf-lines.ts';
import { parseDomainName } from '../../domain/domain-name.ts';
import { readAliasTarget } from '../../engine/alias-links.ts';
import { openTreesRoot } from '../../engine/open-root.ts';
import { openTree } from '../../engine/open-tree.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { readConfFiles } from '../../host/read-conf-files.ts';
import { readConfigFile } from '../../host/read-config-file.ts';
import { readSettings } from '../../host/read-settings.ts';
import { type AddressTable, makeAddressTable, type TreePlace } from '../../virtuald/address-table.ts';
import { readServiceFile } from '../../virtuald/read-service-file.ts';
import type { VirtualdCall } from './parse-call.ts';
import { resolveConf } from './resolve-conf.ts';

type CheckCall = Extract<VirtualdCall, { readonly type: 'check' }>;

/**
 * Reads virtuald.toml and the files of addresses, those it names or all of the roots of trees, or the one CONF alone, and
 * says what is wrong with them and with the trees they name. Resolves to 0 when nothing is, else to 65.
 */
export async function checkFiles(
  call: CheckCall,
  env: Readonly<Record<string, string | undefined>>,
  out: (line: string) => void,
): Promise<number> {
  const { root, roots, configDir } = await readSettings(env, call.own.root);
  const complaints: string[] = [];
  const confs = new Set<string>();
  if (call.conf !== undefined) confs.add(resolveConf(call.conf, root));
  else await gatherConfs(call, { root, roots, configDir }, { confs, complaints });
  for (const conf of confs) complaints.push(...listComplaints(conf, roots));
  for (const line of complaints) out(line);
  if (complaints.length > 0) return sysexit.dataErr;
  out(
    confs.size === 0
      ? 'there is no file of addresses to check'
      : `nothing to complain of: ${[...confs].join(', ')}`,
  );
  return sysexit.ok;
}

interface Places {
  readonly root: string;
  readonly roots: readonly string[];
  readonly configDir: string;
}

interface Gathered {
  readonly confs: Set<string>;
  readonly complaints: string[];
}

async function gatherConfs(
  call: CheckCall,
  { root, roots, configDir }: Places,
  found: Gathered,
): Promise<void> {
  const file = call.config === undefined ? join(configDir, 'virtuald.toml') : resolve(call.config);
  if (call.config !== undefined || existsSync(file)) {
    try {
      const { services } = await readServiceFile(file, root);
      for (const { conf } of services) found.confs.add(conf);
    } catch (error) {
      found.complaints.push(describeError(error));
    }
    return;
  }
  for (const each of roots)
    for (const { service } of readConfFiles(each)) found.confs.add(join(each, `conf.${service}`));
}

function listComplaints(conf: string, roots: readonly string[]): readonly string[] {
  try {
    const text = readConfigFile(conf, 16 * 1024 * 1024);
    if (text === undefined) return [`${conf}: there is no such file`];
    const { table, complaints } = makeAddressTable(parseConf(text), roots);
    const ofLines = complaints.map(({ line, why }) => `${conf}, line ${line}: ${why}`);
    return [...ofLines, ...listBadTrees(table).map((why) => `${conf}: ${why}`)];
  } catch (error) {
    return [describeError(error)];
  }
}

function listBadTrees({ byName, byAddress, standard }: AddressTable): readonly string[] {
  const places = new Set([...byAddress.values(), ...(standard ? [standard] : []), ...byName.values()]);
  return [...places].flatMap((place) => {
    try {
      requireTree(place);
      return [];
    } catch (error) {
      return [describeError(error)];
    }
  });
}

function requireTree({ root, name }: TreePlace): void {
  using trees = openTreesRoot(root, { make: false });
  const target = readAliasTarget(trees.fd, name);
  closeSync(openTree(trees, target === undefined ? name : parseDomainName(target)));
}

function describeError(error: unknown): string {
  if (error instanceof VirtfsError) return `${error.what}: ${error.why}`;
  throw error;
}
