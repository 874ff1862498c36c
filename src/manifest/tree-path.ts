/** A path inside a tree: relative, already normal, never leading out. Made only by `treePath`. */
export type TreePath = string & { readonly treePath: unique symbol };

/** Checks a path the program made up itself; paths from a profile are checked when it is parsed. */
export function treePath(text: string): TreePath {
  if (!isTreePath(text)) throw new Error(`not a tree path: ${JSON.stringify(text)}`);
  return text;
}

/** The tree path of an absolute host path: the same path without its leading slash. */
export function treePathOf(hostPath: string): TreePath {
  if (!hostPath.startsWith('/')) throw new Error(`not an absolute path: ${JSON.stringify(hostPath)}`);
  return treePath(hostPath.slice(1));
}

export function isTreePath(text: string): text is TreePath {
  return (
    !text.includes('\0') && text.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
