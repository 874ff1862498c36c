import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../errors/virtfs-error.ts';

export interface StoreSize {
  readonly objects: number;
  /** Names of the object that has most. */
  readonly mostNames: number;
}

/** Counts what the store of `root` holds. An object that goes meanwhile is not counted. */
export function measureStore(root: string): StoreSize {
  const store = join(root, '.virtfs', 'store');
  let [objects, mostNames] = [0, 0];
  for (const folder of listNames(store)) {
    for (const name of listNames(join(store, folder))) {
      const found = lstatSync(join(store, folder, name), { throwIfNoEntry: false });
      if (found === undefined || found.isDirectory()) continue;
      objects++;
      mostNames = Math.max(mostNames, found.nlink);
    }
  }
  return { objects, mostNames };
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return [];
    throw error;
  }
}
