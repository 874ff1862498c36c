/** What one line of strace's output says that a search for files can use. */
export type TraceEvent =
  | { readonly type: 'call'; readonly pid: number; readonly call: FileCall }
  /** A child, which begins in the folder of `pid`. */
  | { readonly type: 'fork'; readonly pid: number; readonly child: number }
  /** `line` is the beginning of a call that goes on in a later line. */
  | { readonly type: 'begun'; readonly pid: number; readonly line: string; readonly forks: boolean }
  | { readonly type: 'resumed'; readonly pid: number; readonly rest: string }
  | { readonly type: 'ended'; readonly pid: number };

export interface FileCall {
  readonly name: string;
  /** The path it was given, undefined for fchdir(2) alone. */
  readonly path: string | undefined;
  /** The folder a relative path starts from, where strace names it; for fchdir(2) the folder itself. */
  readonly folder: string | undefined;
  readonly outcome: 'done' | 'not there' | 'other';
  /** It would have made the file. */
  readonly creates: boolean;
}

/**
 * Reads one line of `strace -f -y -o`. Names in it are a stranger's, and strace escapes them: whatever does not have
 * exactly the form of a call on a file is undefined, a name that is not UTF-8 or was cut too.
 */
export function parseStraceLine(line: string): TraceEvent | undefined {
  const { number, rest = '' } = /^(?<number>\d{1,10}) +(?<rest>.*)$/su.exec(line)?.groups ?? {};
  if (number === undefined) return undefined;
  const pid = Number(number);
  if (rest.startsWith('+++ ')) return { type: 'ended', pid };
  const resumed = /^<\.\.\. \w+ resumed>(?<rest>.*)$/su.exec(rest)?.groups?.rest;
  if (resumed !== undefined) return { type: 'resumed', pid, rest: resumed };
  if (rest.endsWith(unfinished)) {
    const begun = rest.slice(0, -unfinished.length);
    return { type: 'begun', pid, line: `${number} ${begun}`, forks: forking.test(begun) };
  }
  const child = forkedChild(rest);
  if (child !== undefined) return { type: 'fork', pid, child };
  const call = parseCall(rest);
  return call === undefined ? undefined : { type: 'call', pid, call };
}

const unfinished = ' <unfinished ...>';
const forking = /^(?:clone|clone3|fork|vfork)\(/u;

function forkedChild(text: string): number | undefined {
  if (!forking.test(text)) return undefined;
  const child = /\) += (?<child>\d{1,10})(?: \/\*.*)?$/u.exec(text)?.groups?.child;
  return child === undefined ? undefined : Number(child);
}

/** Calls that look for what is there; those that make, move or delete ask for something else. */
const byPath = [
  'open',
  'stat',
  'stat64',
  'lstat',
  'lstat64',
  'access',
  'execve',
  'readlink',
  'chdir',
  'statfs',
  'chroot',
];
const byFolder = [
  'openat',
  'openat2',
  'newfstatat',
  'fstatat64',
  'statx',
  'faccessat',
  'faccessat2',
  'execveat',
  'readlinkat',
];

const quoted = String.raw`"(?<path>(?:[^"\\]|\\.)*)"(?!\.\.\.)`;
const place = String.raw`(?:AT_FDCWD|\d{1,10})<(?<folder>[^<>]*)>`;
const pathForm = new RegExp(`^(?<name>\\w+)\\(${quoted}(?<rest>.*)$`, 'su');
const folderForm = new RegExp(`^(?<name>\\w+)\\(${place}, ${quoted}(?<rest>.*)$`, 'su');
const fchdirForm = new RegExp(`^(?<name>fchdir)\\(${place}(?<rest>\\).*)$`, 'su');

function parseCall(text: string): FileCall | undefined {
  const { name = '', path, folder, rest = '' } = matchCall(text) ?? {};
  if (name === '') return undefined;
  const plain = path === undefined ? undefined : unescapeText(path);
  const from = folder === undefined ? undefined : unescapeText(folder);
  if ((path !== undefined && plain === undefined) || (folder !== undefined && from === undefined))
    return undefined;
  return { name, path: plain, folder: from, outcome: outcomeOf(rest), creates: rest.includes('O_CREAT') };
}

function matchCall(text: string): Record<string, string | undefined> | undefined {
  const path = pathForm.exec(text)?.groups;
  if (path !== undefined && byPath.includes(path.name ?? '')) return path;
  const folder = folderForm.exec(text)?.groups;
  if (folder !== undefined && byFolder.includes(folder.name ?? '')) return folder;
  return fchdirForm.exec(text)?.groups;
}

// Of the end of the line alone: before it stand strings of the program.
function outcomeOf(rest: string): FileCall['outcome'] {
  if (/\) += -1 ENOENT \(No such file or directory\)$/u.test(rest)) return 'not there';
  return /\) += \d+(?:<[^<>]*>)?$/u.test(rest) ? 'done' : 'other';
}

const letters: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/** strace's text of a name: C escapes, octal with as many digits as are needed; bytes beyond ASCII are escaped. */
function unescapeText(text: string): string | undefined {
  const bytes = text.replace(/\\(?:(?<octal>[0-7]{1,3})|(?<letter>.))/gsu, (_, octal?: string, letter = '') =>
    String.fromCharCode(
      octal === undefined ? (letters[letter] ?? letter.charCodeAt(0)) : Number.parseInt(octal, 8),
    ),
  );
  const name = Buffer.from(bytes, 'latin1').toString('utf8');
  return name.includes('\ufffd') || name.includes('\0') ? undefined : name;
}
