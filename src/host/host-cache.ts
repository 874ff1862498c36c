import type { Stats } from 'node:fs';
import type { ProgramFacts } from '../domain/program-facts.ts';

/** What was learnt of one host file by reading it, good as long as `identity` is unchanged. */
export interface KnownFile {
  /** Device, inode, size and both times: see `identityOf`. */
  readonly identity: string;
  program?: ProgramFacts;
  sha256?: string;
}

/** Knowledge of host files by path, kept between calls in `.virtfs/cache`. */
export type HostCache = Map<string, KnownFile>;

/** Changes with every change of a file's bytes: writing sets the inode's change time, which nobody can set back. */
export function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
}

/**
 * A file changed within the clock's last ticks could change once more without a new time to show for it, so what
 * was read of it then is not kept. `now` in milliseconds since 1970.
 */
export function isSettled(stats: Stats, now: number): boolean {
  return now - stats.ctimeMs > 2000;
}

const version = 1;

/** The file that keeps what the plans of these profiles asked for: a small profile must not read what a large one knows. */
export function nameHostCache(profiles: readonly string[]): string {
  return `host.${encodeURIComponent(profiles.join('+')).slice(0, 200)}.json`;
}

export function renderHostCache(cache: HostCache): string {
  const files = [...cache].filter(([, known]) => known.program !== undefined || known.sha256 !== undefined);
  return JSON.stringify({ version, files });
}

/** An unreadable or foreign cache is an empty one: everything in it can be read from the host again. */
export function parseHostCache(text: string): HostCache {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data !== 'object' || data === null) return new Map();
    const { version: found, files } = data as { version?: unknown; files?: unknown };
    if (found !== version || !Array.isArray(files)) return new Map();
    return new Map(files.filter(isKnown));
  } catch {
    // Not JSON: written by something else, or by another version.
    return new Map();
  }
}

function isKnown(item: unknown): item is [string, KnownFile] {
  if (!Array.isArray(item) || typeof item[0] !== 'string' || typeof item[1] !== 'object') return false;
  const { identity, program, sha256 } = (item[1] ?? {}) as Partial<Record<keyof KnownFile, unknown>>;
  return (
    typeof identity === 'string' &&
    (program === undefined || hasKind(program)) &&
    // It becomes part of a path.
    (sha256 === undefined || (typeof sha256 === 'string' && /^[0-9a-f]{64}$/u.test(sha256)))
  );
}

function hasKind(program: unknown): boolean {
  const kind =
    typeof program === 'object' && program !== null && 'kind' in program ? program.kind : undefined;
  return kind === 'elf' || kind === 'script' || kind === 'data' || kind === 'broken';
}
