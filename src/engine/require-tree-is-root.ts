import { fstatSync, statSync } from 'node:fs';
import { NotIsolated } from './run-isolation-steps.ts';

/** Throws NotIsolated unless root and working directory of the thread are the open tree, and nothing is above it. */
export function requireTreeIsRoot(treeFd: number): void {
  const tree = fstatSync(treeFd, { bigint: true });
  const here = ['/', '.', '/..'].map((path) => statSync(path, { bigint: true }));
  if (here.some(({ dev, ino }) => dev !== tree.dev || ino !== tree.ino))
    throw new NotIsolated('/ is not the tree');
}
