import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { create } from './run-create.ts';
import type { Sandbox } from './trees-root.ts';

/** A user of the domain source.example. */
export const bob = 200_005;

/** What `clone` makes of `makeSource`. */
export function wordsOf({ settings }: Sandbox) {
  return { settings, source: 'source.example', domain: 'copy.example' };
}

/** A domain to be cloned, and where its clone will be. Its files are its own: a test may change them. */
export async function makeSource(
  { settings, root }: Sandbox,
  more: { readonly addresses?: readonly string[]; readonly aliases?: readonly string[] } = {},
): Promise<{ readonly tree: string; readonly copy: string }> {
  await create({ settings, domains: ['source.example'], link: 'copy', ...more });
  return { tree: join(root, 'source.example'), copy: join(root, 'copy.example') };
}

/** An empty home for bob. */
export function makeHome(tree: string): string {
  const home = join(tree, 'home/b/bob');
  mkdirSync(home);
  chownSync(home, bob, bob);
  return home;
}

/** Lines of `listTree` with owners of the domain's range as those of a domain `by` below it. */
export function shiftIds(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) =>
    line.replace(/ (2\d{5}):(2\d{5}) /u, (_, uid, gid) => ` ${uid - by}:${gid - by} `),
  );
}
