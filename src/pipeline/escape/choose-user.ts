import type { UidRange } from '../../domain/record.ts';
import { findAccount, type TreeAccount } from '../../engine/find-account.ts';
import { readTreeFile } from '../../engine/read-tree-file.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';

const mostBytes = 8 * 1024 * 1024;
const mostNames = 1000;

/**
 * A user of the tree who is not root and may run programs there: the administrator where there is one, else the first
 * of its passwd. Undefined where there is none.
 */
export function chooseUser(
  treeFd: number,
  admin: string | undefined,
  range: UidRange | undefined,
): TreeAccount | undefined {
  const text = readTreeFile(treeFd, 'etc/passwd', mostBytes) ?? '';
  const names = text.split('\n', mostNames).map((line) => line.slice(0, line.indexOf(':')));
  for (const name of [...(admin === undefined ? [] : [admin]), ...names.filter((each) => each !== '')]) {
    try {
      return findAccount(treeFd, name, range);
    } catch (error) {
      if (error instanceof VirtfsError && ['UNKNOWN_USER', 'USER_FORBIDDEN'].includes(error.code)) continue;
      throw error;
    }
  }
  return undefined;
}
