import { escapeLines } from '../errors/escape-lines.ts';

const mostNamed = 3;

/** More files of etc than this are not looked at. */
const mostConfiguration = 5000;

/** Paths that share a reason: how many, and the first few, escaped. */
export interface NotedPaths {
  readonly why: string;
  readonly count: number;
  readonly first: readonly string[];
}

/** What came along of a domain's own data, and what did not. However much there is, it stays small. */
export class CloneTally {
  files = 0;
  folders = 0;
  links = 0;
  /** Bytes of the files' contents, holes counted. */
  bytes = 0;
  readonly #configuration: string[] = [];
  readonly #left = new Map<string, { count: number; readonly first: string[] }>();
  readonly #changed = new Map<string, { count: number; readonly first: string[] }>();

  /** A file came along. */
  countFile(path: Uint8Array, bytes: number): void {
    this.files++;
    this.bytes += bytes;
    const text = Buffer.from(path).toString();
    if (text.startsWith('etc/') && this.#configuration.length < mostConfiguration)
      this.#configuration.push(text);
  }

  /** The files of etc that came along. */
  configuration(): readonly string[] {
    return this.#configuration;
  }

  /** `path` did not come along. The reasons are few. */
  leave(why: string, path: Uint8Array): void {
    note(this.#left, why, path);
  }

  /** `path` came along without something. */
  change(why: string, path: Uint8Array): void {
    note(this.#changed, why, path);
  }

  /** `path` came along without these extended attributes; labels of the system, which each file gets anew, do not count. */
  noteLost(names: readonly string[], path: Uint8Array): void {
    for (const name of names) {
      if (name === 'security.capability') this.change('file capabilities are dropped', path);
      else if (name.startsWith('user.'))
        this.change('an extended attribute was not taken by the file system', path);
      else if (name.startsWith('system.posix_acl_')) this.change('without its access control list', path);
    }
  }

  left(): readonly NotedPaths[] {
    return [...this.#left].map(([why, noted]) => ({ why, ...noted }));
  }

  changed(): readonly NotedPaths[] {
    return [...this.#changed].map(([why, noted]) => ({ why, ...noted }));
  }
}

function note(
  notes: Map<string, { count: number; readonly first: string[] }>,
  why: string,
  path: Uint8Array,
): void {
  const noted = notes.get(why) ?? { count: 0, first: [] };
  noted.count++;
  if (noted.first.length < mostNamed) noted.first.push(escapeLines(Buffer.from(path).toString()));
  notes.set(why, noted);
}
