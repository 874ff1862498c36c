import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** The first executable file `name` in the folders of `path`, a search path as in the environment; undefined where there is none. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  const folders = (path ?? '/usr/sbin:/usr/bin:/sbin:/bin').split(':').filter((each) => each.startsWith('/'));
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not to be run by us: the next folder may have it.
    return false;
  }
}
