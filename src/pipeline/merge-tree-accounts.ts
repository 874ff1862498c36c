import type { AccountFileName, AccountFiles } from '../domain/account-lines.ts';
import { type MergedAccounts, mergeAccounts } from '../domain/merge-accounts.ts';
import { isSystemId } from '../domain/system-ids.ts';
import { withAccountsLocked } from '../engine/lock-accounts.ts';
import { readAccounts } from '../engine/read-accounts.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Entry } from '../manifest/entry.ts';
import type { UpdatedDomain } from './update-request.ts';

// A name is known by its group before it is a user.
const order: readonly AccountFileName[] = ['group', 'gshadow', 'shadow', 'passwd'];

/** As long as a change of a password takes; whoever holds the lock longer keeps only its own tree waiting. */
const mostWait = 5000;

/**
 * Adds to the accounts of a tree the system accounts that its programs need by now and that it lacks. What the domain
 * has stays as it is, and people it removed stay removed. Accounts that cannot be read or locked are a conflict.
 */
export async function mergeTreeAccounts(
  treeFd: number,
  planned: ReadonlyMap<string, Entry>,
  how: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<Pick<UpdatedDomain, 'changes' | 'conflicts'>> {
  try {
    return describeMerge(await merge(treeFd, plannedFiles(planned), how));
  } catch (error) {
    if (!(error instanceof VirtfsError) || !ofOneTree.includes(error.code)) throw error;
    return { changes: [], conflicts: [`${error.what}: ${error.why}; ${error.mend}`] };
  }
}

const ofOneTree = ['BUSY', 'TREE_UNSAFE', 'TREE_BROKEN'];

async function merge(
  treeFd: number,
  wanted: AccountFiles,
  { dryRun, signal }: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<MergedAccounts> {
  if (dryRun) return mergeAccounts(readAccounts(treeFd), wanted);
  // Though there be nothing to add: a call that was killed may have left its locks.
  return withAccountsLocked(treeFd, { signal, onWait: () => {}, mostWait }, ({ files, put }) => {
    const now = mergeAccounts(files, wanted);
    put(now.files, order);
    return now;
  });
}

function plannedFiles(planned: ReadonlyMap<string, Entry>): AccountFiles {
  const text = (name: AccountFileName): string => {
    const entry = planned.get(`etc/${name}`);
    return entry?.type === 'file' && 'text' in entry.source ? entry.source.text : '';
  };
  return {
    passwd: systemLines(text('passwd')),
    group: systemLines(text('group')),
    shadow: text('shadow'),
    gshadow: text('gshadow'),
  };
}

/** Of lines of passwd(5) or group(5), both with the number third, those of the system's own accounts. */
function systemLines(text: string): string {
  const lines = text.split('\n').filter((line) => isSystemId(Number(line.split(':')[2] ?? 'none')));
  return lines.map((line) => `${line}\n`).join('');
}

function describeMerge({ added, conflicts }: MergedAccounts): Pick<UpdatedDomain, 'changes' | 'conflicts'> {
  const why = `accounts its programs need: ${added.map(escapeLines).join(' ')}`;
  return {
    changes: added.length === 0 ? [] : [{ path: 'etc/passwd', action: 'replace', why }],
    conflicts: conflicts.map(escapeLines),
  };
}
