import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readManifest } from '../host/read-manifest.ts';
import { readRecord } from '../host/read-records.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { mergeEntries } from '../manifest/parse-manifest.ts';
import { requireRoot } from './change-trees.ts';
import { type ClonedData, cloneData } from './clone-data.ts';
import type { CloneRequest, CloneResult, PlannedClone } from './clone-request.ts';
import { counted, megabytes } from './count-words.ts';
import { createDomains } from './create-domains.ts';
import type { CreateRequest } from './create-request.ts';
import { planDomains } from './plan-domains.ts';

/**
 * Makes a domain like another: its tree is made as `createDomains` makes one, from the host as it is now, and gets what
 * the other has of its own before anybody can see it. Whatever stops it, the new domain is absent or whole.
 * Throws what `createDomains` throws, and BAD_RECORD for a tree virtfs did not make.
 */
export async function cloneDomain(request: CloneRequest): Promise<CloneResult> {
  const { root, source } = request;
  requireRoot('clone a tree');
  const record = await requireRecord(root, source);
  let data: ClonedData | undefined;
  const created = await createDomains({
    ...createRequestOf(request, record),
    finish: {
      title: `Copy what ${source} has of its own`,
      run: async (staged, note) => {
        // Read before the lock was taken.
        requireSame(record, await requireRecord(root, source));
        const before = await requireEntries(root, source);
        const into = { tree: staged.tree, withoutPasswords: request.withoutPasswords };
        data = await cloneData({
          root: staged.root,
          source: record,
          before,
          plan: staged.plan,
          uids: staged.record.uids,
          into,
          signal: request.signal,
          onProgress: ({ files, bytes }) => note(`${counted(files, 'file')}, ${megabytes(bytes)}`),
        });
        const { files, folders, links, bytes } = data.copied;
        note(
          `${counted(files, 'file')} (${megabytes(bytes)}), ${counted(folders, 'folder')}, ${counted(links, 'link')}`,
        );
      },
    },
  });
  if (data === undefined) throw new Error('the step that copies did not run');
  return { ...created, source, copied: data.copied, notices: [...created.notices, ...data.notices] };
}

/** What `cloneDomain` would do, with nothing written and no lock taken. Needs root: trees are not for others to read. */
export async function planClone(request: CloneRequest): Promise<PlannedClone> {
  const { root: path, source, signal } = request;
  requireRoot('look into a tree');
  const record = await requireRecord(path, source);
  const before = await requireEntries(path, source);
  const planned = await planDomains(createRequestOf(request, record));
  const [domain] = planned.domains;
  if (domain === undefined) throw new Error('nothing was planned');
  using root = openTreesRoot(path, { make: false });
  const { plan } = domain;
  const uids = domain.record.uids;
  const data = await cloneData({
    root,
    source: record,
    before,
    plan,
    uids,
    into: undefined,
    signal,
    onProgress: () => {},
  });
  return {
    ...planned,
    source: record,
    copied: data.copied,
    notices: [...planned.notices, ...data.notices],
  };
}

function createRequestOf(
  request: CloneRequest,
  { profiles, admin, mail, uids }: DomainRecord,
): CreateRequest {
  const { root, domain, addresses, aliases, settings, progress, signal, onWait } = request;
  const all = [...new Set([root, ...settings.roots])];
  return {
    domains: [domain],
    profiles,
    admin,
    mail,
    addresses,
    aliases,
    link: settings.link,
    // Each number of the one range has its counterpart in the other.
    settings: { ...settings, root, roots: all, uidCount: uids.count },
    progress,
    signal,
    onWait,
  };
}

async function requireRecord(root: string, source: DomainName): Promise<DomainRecord> {
  const record = await readRecord(root, source);
  if (record === undefined) throw notOurs(source);
  return record;
}

async function requireEntries(root: string, source: DomainName): Promise<ReadonlyMap<string, ManifestEntry>> {
  const found = await readManifest(root, source);
  if (found === undefined) throw notOurs(source);
  return mergeEntries(found.manifest, found.layer);
}

function notOurs(source: DomainName): VirtfsError {
  return new VirtfsError('BAD_RECORD', {
    what: `cannot clone ${source}`,
    why: 'virtfs did not make its tree, and keeps no record of it',
    mend: `make the new domain with virtfs create, and copy what it needs by hand`,
  });
}

function requireSame(before: DomainRecord, now: DomainRecord): void {
  const relevant = ({ created, profiles, admin, uids }: DomainRecord): string =>
    JSON.stringify([created, profiles, admin, uids]);
  if (relevant(before) === relevant(now)) return;
  throw new VirtfsError('TREE_BROKEN', {
    what: `cannot clone ${before.domain}`,
    why: 'another virtfs changed it meanwhile',
    mend: 'run the same command again',
  });
}
