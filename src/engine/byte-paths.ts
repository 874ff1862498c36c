import { isUtf8 } from 'node:buffer';
import { closeSync } from 'node:fs';
import { openNamedDir } from '../linux/named-files.ts';

const slash = 0x2f;

/** `name` in `folder`, both bytes; the top of a tree is empty. */
export function joinBytes(folder: Uint8Array, name: Uint8Array): Uint8Array {
  return folder.length === 0 ? Buffer.from(name) : Buffer.concat([folder, Buffer.of(slash), name]);
}

/** The last name of a path. */
export function lastName(path: Uint8Array): Uint8Array {
  return path.subarray(path.lastIndexOf(slash) + 1);
}

/** undefined for a path that is no text: virtfs laid none such. */
export function textOf(path: Uint8Array): string | undefined {
  return isUtf8(path) ? Buffer.from(path).toString() : undefined;
}

/** Opens a folder below `top`, and be it nested deeper than one path can say. Throws as `openNamed`. */
export function openStepwise(top: number, path: Uint8Array): number {
  const mostBytes = 4000;
  let fd = openNamedDir(top, Buffer.from('.'));
  for (let rest = path; rest.length > 0; ) {
    const end = rest.length <= mostBytes ? rest.length : rest.lastIndexOf(slash, mostBytes);
    try {
      const next = openNamedDir(fd, rest.subarray(0, end));
      closeSync(fd);
      fd = next;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    rest = rest.subarray(end + 1);
  }
  return fd;
}
