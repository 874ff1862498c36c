import { join } from 'node:path';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readPlainFile } from '../host/read-plain-file.ts';
import { parseManifestHead } from '../manifest/manifest-text.ts';
import { updateDomains } from './update-domains.ts';
import type { Change } from './update-request.ts';

export interface RefreshRequest {
  readonly settings: Settings;
  /** The root of trees the domain is in, absolute. */
  readonly root: string;
  readonly record: DomainRecord;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

export interface Refreshed {
  /** What changed in the tree. */
  readonly changes: readonly Change[];
  /** Sentences: what is worth knowing. */
  readonly notices: readonly string[];
  /** Sentences: what could not be brought up to date. */
  readonly problems: readonly string[];
}

/**
 * Brings the tree's own etc in line with a record that was changed: hosts, mailname and others hold names and addresses.
 * A held domain is left as it is. Throws what an update throws, saying that the change itself is made.
 */
export async function refreshDomain({
  settings,
  root,
  record,
  signal,
  onWait,
}: RefreshRequest): Promise<Refreshed> {
  const { domain } = record;
  if (isHeld(root, domain)) {
    const notice = `${domain} is held where it was rolled back to, and its etc with it: virtfs update ${domain}`;
    return { changes: [], notices: [notice], problems: [] };
  }
  try {
    const { domains } = await updateDomains({
      settings,
      root,
      domains: [domain],
      dryRun: false,
      repair: false,
      progress: 'none',
      signal,
      onWait,
    });
    return {
      changes: domains.flatMap((each) => each.changes),
      notices: [],
      problems: domains.flatMap((each) => each.conflicts),
    };
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    throw new VirtfsError(error.code, {
      what: `the change is made, but the etc of ${domain} could not be brought up to date`,
      why: error.message,
      mend: `${error.mend}; then: virtfs update ${domain}`,
      cause: error,
    });
  }
}

function isHeld(root: string, domain: DomainName): boolean {
  const text = readPlainFile(join(root, '.virtfs', 'manifests', `${domain}.json`), () => {});
  return text !== undefined && parseManifestHead(text)?.held === true;
}
