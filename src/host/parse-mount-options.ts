export interface MountOptions {
  readonly type: string;
  /** Of the mount, and of the file system. */
  readonly options: readonly string[];
}

/** What the line of the mount `id` says in the text of proc_pid_mountinfo(5). */
export function parseMountOptions(text: string, id: bigint): MountOptions | undefined {
  const words = text
    .split('\n')
    .map((line) => line.split(' '))
    .find(([number]) => number === String(id));
  if (words === undefined) return undefined;
  const dash = words.indexOf('-', 6);
  const [type, , ofFileSystem = ''] = words.slice(dash + 1);
  if (dash === -1 || type === undefined) return undefined;
  return { type, options: [...(words[5] ?? '').split(','), ...ofFileSystem.split(',')] };
}
