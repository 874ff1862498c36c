import type { Stats } from 'node:fs';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readPlainFile } from './read-plain-file.ts';

const usualMost = 1024 * 1024;

/**
 * The text of a file that tells virtfs what to do as root; undefined when it is not there.
 * Only its owner may be able to write it, and that is root or who runs this call, else BAD_CONFIG: whoever can write it
 * would be root.
 */
export function readConfigFile(path: string, mostBytes: number = usualMost): string | undefined {
  return readPlainFile(path, (stat) => requireTrusted(path, stat, mostBytes));
}

function requireTrusted(path: string, { uid, mode, size }: Stats, mostBytes: number): void {
  if (uid !== 0 && uid !== process.geteuid?.())
    throw untrusted(path, `it belongs to user ${uid}`, 'chown root');
  if ((mode & 0o022) !== 0) throw untrusted(path, 'others may write it', 'chmod go-w');
  if (size > mostBytes) throw untrusted(path, `it is larger than ${mostBytes} bytes`, 'ls -l');
}

function untrusted(path: string, why: string, command: string): VirtfsError {
  return new VirtfsError('BAD_CONFIG', {
    what: `cannot trust ${path}`,
    why,
    mend: `look whether someone changed it, then: ${command} ${path}`,
  });
}
