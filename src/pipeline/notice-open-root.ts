import type { TreesRoot } from '../engine/open-root.ts';

/** What to say of a root of trees that users of the host can reach into: see `TreesRoot.isOpenToOthers`. */
export function noticeOpenRoot(root: TreesRoot): string[] {
  if (!root.isOpenToOthers()) return [];
  const { path } = root;
  return [
    `users of this host can reach into ${path}, and with the help of root of a tree out of it again: chmod 700 ${path}, or give it the web server's group and chmod 710`,
  ];
}
