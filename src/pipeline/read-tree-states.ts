import type { DomainName } from '../domain/domain-name.ts';
import type { LinkMethod } from '../domain/record.ts';
import { readStateBytes, readStateFile } from '../engine/read-state-file.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type ManifestHead, parseManifestHead } from '../manifest/manifest-text.ts';
import type { OpenTrees } from './change-trees.ts';

/** What is written down of one tree, as far as an update that finds nothing to do has to know it. */
export interface TreeState {
  readonly domain: DomainName;
  readonly recordText: string;
  readonly profiles: readonly string[];
  readonly link: LinkMethod;
  readonly manifest: Buffer;
  /** undefined for a manifest of another shape: then it is read whole. */
  readonly head: ManifestHead | undefined;
}

/**
 * Reads record and manifest of a domain; undefined for a tree that virtfs did not make. The record is not checked field
 * by field here: whoever plans from it parses it. Throws BAD_RECORD for one that is no record at all, and where one of
 * the two files is gone.
 */
export function readTreeState({ state, root }: OpenTrees, domain: DomainName): TreeState | undefined {
  const name = `${domain}.json`;
  const recordText = readStateFile(state.part('domains'), name);
  const manifest = readStateBytes(state.part('manifests'), name);
  if (recordText === undefined && manifest === undefined) return undefined;
  if (recordText === undefined || manifest === undefined) throw halfGone(root.path, domain, recordText);
  const record = parseObject(recordText);
  const { profiles, link } = record ?? {};
  if (!isTexts(profiles) || !isLink(link)) throw notRecord(`${root.path}/.virtfs/domains/${name}`);
  return {
    domain,
    recordText,
    profiles,
    link,
    manifest,
    head: parseManifestHead(manifest),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}

function isLink(value: unknown): value is LinkMethod {
  return value === 'reflink' || value === 'hardlink' || value === 'copy';
}

function notRecord(file: string): VirtfsError {
  return new VirtfsError('BAD_RECORD', {
    what: `cannot read ${file}`,
    why: 'it is not a whole record: profiles and link are needed here',
    mend: 'put the file back from a backup; virtfs show DOMAIN says what is wrong with it',
  });
}

function halfGone(root: string, domain: DomainName, recordText: string | undefined): VirtfsError {
  const part = recordText === undefined ? 'domains' : 'manifests';
  return new VirtfsError('BAD_RECORD', {
    what: `cannot read ${root}/.virtfs/${part}/${domain}.json`,
    why: 'it is not there, though the other half of what virtfs noted of the domain is',
    mend: 'put the file back from a backup',
  });
}
