import type { CloneChoice, CloneType } from '../manifest/clone-choice.ts';
import { decideKeeping } from './decide-keeping.ts';

/** What is known of one path of the domain that is cloned. */
export interface CloneCase {
  readonly path: string;
  /** What stands there. */
  readonly found: CloneType;
  /** What virtfs laid there, where it laid something. */
  readonly before: LaidType | undefined;
  /** What it has laid there in the new tree. */
  readonly after: LaidType | undefined;
}

export type LaidType = CloneType | 'hardlink' | 'device';

/** What a domain brings of its own, and what belongs to the host, of this moment, or to one domain alone. */
export function decideClone(clone: CloneCase): CloneChoice {
  const { path, found, before, after } = clone;
  if (momentary.has(path) || isOfOneDomain(path)) return { type: 'leave' };
  const isSystem = decideKeeping(path) === 'system';
  if (found === 'dir') return decideFolder(clone, isSystem);
  if (isSystem && (before !== undefined || after !== undefined))
    return after === 'dir' ? { type: 'leave', why: otherThere } : { type: 'leave' };
  // A whole part of the tree would go with its top folder.
  if (after === 'dir' && !path.includes('/')) return { type: 'leave', why: otherThere };
  return { type: 'copy', replaces: after !== undefined, unlessAsLaid: before === found };
}

const otherThere = 'something else stands there in every tree';

function decideFolder({ before, after }: CloneCase, isSystem: boolean): CloneChoice {
  if (after !== undefined && after !== 'dir' && isSystem) return { type: 'leave', why: otherThere };
  const isThere = after === 'dir';
  return {
    type: 'enter',
    isThere,
    replaces: after !== undefined && !isThere,
    ifFilled: !isThere && isSystem && before !== undefined,
    owned:
      isThere && isSystem ? 'as laid' : before === 'dir' && isThere ? 'as found unless as laid' : 'as found',
  };
}

/** True where a domain that took away what virtfs laid there has a clone without it too. */
export function isGoneInClone(path: string): boolean {
  const [top = '', ...below] = path.split('/');
  const keeping = decideKeeping(path);
  // A top folder that is away for a moment must not take a whole part of the new tree with it.
  return below.length > 0 && !momentary.has(top) && (keeping === 'configuration' || keeping === 'data');
}

/** What is there only while something runs, or made anew for each tree. */
const momentary = new Set(['dev', 'lost+found', 'proc', 'run', 'sys', 'tmp']);

/**
 * Accounts, which come along with other ids, their backups and locks; ids that are given out to users; SSH host keys, by
 * which clients tell one domain from another; files that `virtfs update` laid beside.
 */
function isOfOneDomain(path: string): boolean {
  return /^etc\/(?:(?:passwd|group|shadow|gshadow)(?:[-+]|\.lock|\.\d+)?|\.pwd\.lock|n?sub[ug]id[-+]?|ssh\/ssh_host_[^/]*|(?:.*\/)?[^/]*\.virtfs-new)$/u.test(
    path,
  );
}
