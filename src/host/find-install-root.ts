import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The folder that holds `templates/` and `dist/`: the checkout, or `PREFIX/lib/virtfs` once installed.
 * This module is in `src/host`, or in a chunk under `dist`; the folder is the nearest one above.
 */
export function findInstallRoot(): string {
  for (let folder = import.meta.dirname; folder !== '/'; folder = dirname(folder)) {
    if (existsSync(`${folder}/templates/profiles`)) return folder;
  }
  throw new Error(`no templates above ${import.meta.dirname}`);
}
