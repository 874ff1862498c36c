/** One line of proc_pid_mountinfo(5). */
export interface MountLine {
  readonly id: number;
  readonly parent: number;
  /** Where it is mounted, absolute: bytes, for a folder on the way may have any name. */
  readonly point: Buffer;
  /** The kind of file system: `tmpfs`. */
  readonly type: string;
  readonly source: string;
  /** What is mounted on it or unmounted there is so on other mounts too: mount_namespaces(7). */
  readonly isShared: boolean;
}

/** The mounts in the text of a mountinfo file. Lines that are none are passed over. */
export function parseMountinfo(text: Uint8Array): readonly MountLine[] {
  // One character a byte: names in there are bytes.
  return Buffer.from(text).toString('latin1').split('\n').flatMap(parseLine);
}

function parseLine(line: string): readonly MountLine[] {
  const words = line.split(' ');
  const [id, parent, , , point] = words;
  const dash = words.indexOf('-', 6);
  const type = words[dash + 1];
  const source = words[dash + 2];
  if (point === undefined || dash === -1 || type === undefined) return [];
  return [
    {
      id: Number(id),
      parent: Number(parent),
      point: decodeName(point),
      type,
      source: textOf(source ?? ''),
      isShared: words.slice(6, dash).some((word) => word.startsWith('shared:')),
    },
  ];
}

function textOf(word: string): string {
  return decodeName(word).toString('utf8');
}

/** The kernel writes space, tab, line feed, backslash and `#` as three octal digits. */
function decodeName(word: string): Buffer {
  const plain = word.replace(/\\(?<code>[0-7]{3})/gu, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
  return Buffer.from(plain, 'latin1');
}
