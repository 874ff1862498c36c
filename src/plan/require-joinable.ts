import { findAccountFields } from '../domain/account-lines.ts';
import { parseId } from '../domain/parse-passwd.ts';
import type { UidRange } from '../domain/record.ts';
import { findSystemGid, isSystemId } from '../domain/system-ids.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** System groups that give nothing but a common name. */
const harmless: readonly string[] = ['users', 'games'];

/**
 * Throws unless a user may be put into the group `name` of a tree: BAD_USER_FIELD when there is none, USER_FORBIDDEN for
 * root's, for one of the host or another domain, and, unless `systemGroups` is set, for one of the system: mail reads
 * everybody's mailbox, shadow the passwords, staff writes programs.
 */
export function requireJoinable(
  groupText: string,
  name: string,
  systemGroups: boolean,
  range: UidRange,
): void {
  const shown = escapeLines(name);
  const fields = findAccountFields('group', groupText, name);
  const gid = parseId(fields?.[2] ?? '');
  if (gid === undefined) {
    throw new VirtfsError('BAD_USER_FIELD', {
      what: `cannot put a user into the group ${shown}`,
      why: "the tree's etc/group has no such group",
      mend: 'leave it out, or make it first: virtexec groupadd NAME',
    });
  }
  if (gid >= range.first && gid < range.first + range.count) return;
  const isSystem = gid !== 0 && isSystemId(gid);
  // By number too: whoever is root of the tree may call any group games.
  const isHarmless = harmless.includes(name) && findSystemGid(name) === gid;
  if (isSystem && (systemGroups || isHarmless)) return;
  throw new VirtfsError('USER_FORBIDDEN', {
    what: `cannot put a user into the group ${shown}`,
    why: isSystem
      ? `its id ${gid} is the system's: its members may see or change what belongs to others of the domain`
      : `its id ${gid} is root's, the host's or another domain's`,
    mend: isSystem
      ? 'leave it out, or say that you mean it: --system-groups'
      : "correct the tree's etc/group",
  });
}
