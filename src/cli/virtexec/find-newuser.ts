import { closeSync } from 'node:fs';
import { isProgramInTree } from '../../engine/is-program-in-tree.ts';
import { openTreesRoot } from '../../engine/open-root.ts';
import { openTree } from '../../engine/open-tree.ts';
import type { FoundDomain } from '../../host/read-records.ts';
import { insidePath } from './plan-environment.ts';

/** True when the tree has a program `newuser` of its own, where programs are looked up inside. Throws as `openTree`. */
export function hasOwnNewuser({ root: path, domain }: FoundDomain): boolean {
  using root = openTreesRoot(path, { make: false });
  const treeFd = openTree(root, domain);
  try {
    return insidePath.split(':').some((folder) => isProgramInTree(treeFd, `${folder}/newuser`));
  } finally {
    closeSync(treeFd);
  }
}

/** Becomes `virtfs user add` for the tree, with the words behind virtnewuser. Resolves to the exit status. */
export async function runUserAddFor(
  { root, domain }: FoundDomain,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { runMain } = await import('../run-main.ts');
  const { processIo } = await import('../process-io.ts');
  const { userAddSpec } = await import('../specs/user-specs.ts');
  return runMain([userAddSpec], ['user', 'add', '--root', root, domain, ...words], processIo(env));
}
