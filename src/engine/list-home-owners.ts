import { closeSync, lstatSync, opendirSync } from 'node:fs';
import { heldPath } from './held-path.ts';
import { openFolderOrNone } from './home-leftovers.ts';

/** More names than that are not looked at. */
const mostNames = 50_000;

/** The numbers that own homes and mailboxes of an open tree, users who are no longer there among them. */
export function listHomeOwners(treeFd: number): ReadonlySet<number> {
  const owners = new Set<number>();
  const letters = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `home/${letter}`);
  let left = mostNames;
  for (const folder of ['home', ...letters, 'var/mail']) left = addOwners(treeFd, folder, owners, left);
  return owners;
}

function addOwners(treeFd: number, path: string, owners: Set<number>, most: number): number {
  const fd = openFolderOrNone(treeFd, path);
  if (fd === undefined) return most;
  const folder = opendirSync(heldPath(fd));
  try {
    let left = most;
    for (let entry = folder.readSync(); entry !== null && left > 0; entry = folder.readSync(), left--) {
      const stat = lstatSync(heldPath(fd, entry.name), { throwIfNoEntry: false });
      if (stat) owners.add(stat.uid).add(stat.gid);
    }
    return left;
  } finally {
    folder.closeSync();
    closeSync(fd);
  }
}
