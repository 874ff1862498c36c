import { closeSync, fstatSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Renaming } from '../domain/renaming.ts';
import type { Settings } from '../domain/settings.ts';
import { openTree } from '../engine/open-tree.ts';
import { putFromStage } from '../engine/put-from-stage.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { readTreeFile } from '../engine/read-tree-file.ts';
import { renamingFile, settleRenaming } from '../engine/settle-renaming.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { listTreeMounts } from '../host/list-tree-mounts.ts';
import { listTreeProcesses } from '../host/list-tree-processes.ts';
import { findDomain, listDomains, readRecord } from '../host/read-records.ts';
import { renameNewAt, syncFileSystem } from '../linux/files.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { requireRoomForName } from './choose-records.ts';
import { counted } from './count-words.ts';
import { domainExists, readTaken, requireFree, requireNoSuchName, type Taken } from './read-taken.ts';
import { requireRecord } from './require-record.ts';

export interface RenameRequest {
  readonly settings: Settings;
  /** The root of trees the domain is in, absolute. */
  readonly root: string;
  readonly from: DomainName;
  readonly to: DomainName;
  /** Leave the old name as an alias. */
  readonly keepAlias: boolean;
  /** Rename though programs run in the tree: they go on. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

export interface RenamedDomain {
  readonly record: DomainRecord;
  /** The tree, absolute. */
  readonly path: string;
  /** Files of conf lines that were written. */
  readonly confFiles: readonly string[];
  /** False when it was renamed before. */
  readonly isChanged: boolean;
  /** Sentences: what is worth knowing. */
  readonly notices: readonly string[];
  /** Sentences: what could not be done and needs a hand. */
  readonly problems: readonly string[];
}

/**
 * Gives a domain another name: its tree, its record and manifests, its alias links and the lines of the files
 * `conf.SERVICE`. What is written down first is enough for whoever comes after a kill to end it, one way or the other.
 *
 * Throws DOMAIN_MISSING, DOMAIN_EXISTS, BAD_DOMAIN_NAME, TREE_IN_USE when something is mounted in the tree or, without
 * `force`, a program runs in it, BAD_USAGE for the same name twice or an alias, and what `changeTrees` throws.
 */
export async function renameDomain(request: RenameRequest): Promise<RenamedDomain> {
  const { root, from, to, settings, signal, onWait } = request;
  if (from === to) throw badWords(to, 'it has this name', 'name another one: virtfs rename OLD NEW');
  requireRoomForName(to);
  return changeTrees({ root, what: 'rename a domain', signal, onWait }, async (trees) => {
    const { domains } = listDomains(trees.root.path);
    if (!domains.includes(from)) return findRenamed(request, trees);
    const before = await requireRecord(trees.root.path, from);
    requireNameFree(to, from, await readTaken([...new Set([trees.root.path, ...settings.roots])]));
    requireNoSuchName(trees.root.fd, [to]);
    const inode = lookAtTree(trees, from);
    const notices = requireQuiet(request, trees, inode);
    begin(request, trees, { before, inode });
    const settled = settleRenaming(trees.state);
    return {
      record: await requireRecord(trees.root.path, to),
      path: `${trees.root.path}/${to}`,
      confFiles: settled?.changed ?? [],
      isChanged: true,
      notices,
      problems: settled?.problems ?? [],
    };
  });
}

/** A call that was killed is completed by whoever comes next; its repetition finds that all is done. */
async function findRenamed(
  { from, to, settings }: RenameRequest,
  { root }: OpenTrees,
): Promise<RenamedDomain> {
  const record = await readRecord(root.path, to);
  if (record?.renamedFrom === from) {
    return { record, path: `${root.path}/${to}`, confFiles: [], isChanged: false, notices: [], problems: [] };
  }
  const { domain } = await findDomain([...new Set([root.path, ...settings.roots])], from);
  throw badWords(from, `it is an alias of ${domain}`, `virtfs rename ${domain} ${to}`);
}

function requireNameFree(to: DomainName, from: DomainName, taken: Taken): void {
  if (taken.names.get(to) === from) {
    throw new VirtfsError('DOMAIN_EXISTS', {
      what: `cannot rename ${from} to ${to}`,
      why: 'that is an alias of it',
      mend: `free the name first: virtfs alias remove ${from} ${to}`,
    });
  }
  requireFree(taken, { names: [to], addresses: [] });
}

interface Inode {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Throws TREE_UNSAFE for what is no tree of root's. */
function lookAtTree({ root }: OpenTrees, domain: DomainName): Inode {
  const fd = openTree(root, domain);
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return { dev, ino };
  } finally {
    closeSync(fd);
  }
}

/** Throws TREE_IN_USE; answers what runs on where that is allowed. */
function requireQuiet(
  { from, to, force }: RenameRequest,
  { root }: OpenTrees,
  inode: Inode,
): readonly string[] {
  const path = `${root.path}/${from}`;
  const [mount] = listTreeMounts(path);
  if (mount !== undefined) {
    throw busy(
      from,
      to,
      `${escapeLines(mount.path)} is a mount point`,
      `unmount it: umount ${escapeLines(mount.path)}`,
    );
  }
  const processes = listTreeProcesses({ ...inode, path });
  if (processes.length === 0) return [];
  const shown = processes
    .slice(0, 10)
    .map(({ pid, command }) => `${pid} (${escapeLines(command).slice(0, 60)})`);
  const which = `${shown.join(', ')}${processes.length > shown.length ? ' …' : ''}`;
  const running = `${counted(processes.length, 'program')} ${processes.length === 1 ? 'runs' : 'run'} in it: ${which}`;
  if (!force)
    throw busy(
      from,
      to,
      running,
      'stop its services, or let them go on under the old name until they start anew: --force',
    );
  return [`${running}; what they know of the name of the domain is the old one until they start anew`];
}

/** Up to the tree's new name. An error leaves all as it was. */
function begin(
  { from, to, keepAlias, root: asked }: RenameRequest,
  { root, state }: OpenTrees,
  { before, inode }: { readonly before: DomainRecord; readonly inode: Inode },
): void {
  const roots = [...new Set([root.path, asked])];
  const renaming: Renaming = { version: 1, from, to, keepAlias, inode: String(inode.ino), roots };
  const aliases = keepAlias ? [...new Set([...before.aliases, from])] : before.aliases;
  const after: DomainRecord = {
    ...before,
    domain: to,
    aliases,
    renamedFrom: from,
    updated: new Date().toISOString(),
  };
  try {
    putFromStage(state, state.fd, {
      name: renamingFile,
      content: Buffer.from(JSON.stringify(renaming)),
      mode: 0o600,
    });
    putStateFile(state.part('domains'), `${to}.json`, `${JSON.stringify(after, undefined, 2)}\n`);
    for (const part of ['manifests', 'previous'] as const) copyRenamed(state.part(part), from, to);
    syncFileSystem(state.fd);
    renameNewAt(root.fd, from, root.fd, to);
  } catch (error) {
    settleRenaming(state);
    if (isErrno(error, 'EEXIST')) throw domainExists(to);
    throw explainErrno(error, `cannot rename ${from} to ${to}`);
  }
}

const mostBytes = 256 * 1024 * 1024;

/** The file of `from`, where there is one, as that of `to`. */
function copyRenamed(dirfd: number, from: DomainName, to: DomainName): void {
  const text = readTreeFile(dirfd, `${from}.json`, mostBytes);
  if (text === undefined) return;
  const renamed: unknown = JSON.parse(text, (key, value) =>
    key === 'domain' && value === from ? to : value,
  );
  putStateFile(dirfd, `${to}.json`, JSON.stringify(renamed));
}

function busy(from: DomainName, to: DomainName, why: string, mend: string): VirtfsError {
  return new VirtfsError('TREE_IN_USE', { what: `cannot rename ${from} to ${to}`, why, mend });
}

function badWords(name: DomainName, why: string, mend: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', { what: `cannot rename ${name}`, why, mend });
}
