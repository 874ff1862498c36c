import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { linkAt, renameAt, unlinkAt } from '../linux/files.ts';
import type { StateDir } from './state-dir.ts';

/** Keeps the manifest of a domain as it is now for `virtfs rollback`, in the place of the one kept before. */
export function keepPrevious(state: StateDir, domain: string): void {
  const name = `${domain}.json`;
  const [from, to] = [state.part('manifests'), state.part('previous')];
  const temp = '.new-previous';
  try {
    linkIn(from, name, to, temp);
    renameAt(to, temp, to, name);
  } catch (error) {
    throw explainErrno(error, `cannot keep the manifest of ${domain}`);
  }
}

// rename(2) leaves both of two names of one file: where this manifest was kept already, the temporary name stayed.
function linkIn(from: number, name: string, to: number, temp: string): void {
  try {
    linkAt(from, name, to, temp);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    unlinkAt(to, temp);
    linkAt(from, name, to, temp);
  }
}
