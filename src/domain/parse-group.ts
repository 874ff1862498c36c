import type { AccountGroup } from './account.ts';
import { parseId } from './parse-passwd.ts';

/** The groups of group(5) text that list `user` as a member, each number once; lines that are no group do not exist. */
export function parseGroupsOf(text: string, user: string): readonly AccountGroup[] {
  const found = new Map<number, AccountGroup>();
  for (const line of text.split('\n')) {
    const fields = line.split(':');
    const [name = '', , gidText = '', memberText = ''] = fields;
    const gid = parseId(gidText);
    const members = memberText.split(',');
    if (fields.length !== 4 || name === '' || gid === undefined || !members.includes(user)) continue;
    if (!found.has(gid)) found.set(gid, { name, gid, members });
  }
  return [...found.values()];
}
