import { posix } from 'node:path';
import { decideDenied } from './decide-denied.ts';
import { searchPath } from './find-commands.ts';

/** What the host has under a path that a program inside a tree did not find. */
export interface HostCandidate {
  readonly path: string;
  /** The same with the host's links followed. */
  readonly real: string;
  readonly type: 'file' | 'dir' | 'other';
  /** It may be executed. */
  readonly isProgram: boolean;
}

export type LackKind = 'program' | 'library' | 'file' | 'folder';

/** What a tree lacks of the host, and how a profile would bring it. */
export interface Lack {
  readonly path: string;
  readonly kind: LackKind;
  /** Why it stays out of every tree; then no line brings it. */
  readonly denied?: string;
  /** The key of a profile it belongs under, and the text to put there. */
  readonly key?: 'commands' | 'files' | 'directories';
  readonly value?: string;
}

/** What a profile has to say for `candidate` to be in its trees. */
export function decideLack(candidate: HostCandidate): Lack {
  const { path, real } = candidate;
  const kind = kindOf(candidate);
  const denied = denialOf(path) ?? denialOf(real);
  if (denied !== undefined) return { path, kind, denied };
  const folder = posix.dirname(path);
  const name = posix.basename(path);
  if (kind === 'program' && searchPath.some((each) => each === folder) && !/[\s*?{}[\]]/u.test(name)) {
    return { path, kind, key: 'commands', value: name };
  }
  // A whole /usr/share is never what is missing.
  if (kind === 'folder' && /^\/(?:(?:usr|var)\/)?[^/]+$/u.test(path))
    return { path, kind, key: 'directories', value: path };
  // What would be matched and not looked up: a pattern that matches it, too.
  return { path, kind, key: 'files', value: path.replace(/[*?{}[\]()\\]/gu, '?') };
}

/**
 * False for a path of which the host's own says nothing: data of people and of the moment, of which a tree has its own.
 * A strange program must not have us follow any path it likes, into an automount or a device.
 */
export function isOfPrograms(path: string): boolean {
  return /^\/(?:bin|etc|lib|lib32|lib64|libx32|opt|sbin|usr|var)(?:\/|$)/u.test(path);
}

/** Lines of virtfs-profile(5) that bring all of `lacks` that can be had. */
export function renderProfileLines(lacks: readonly Lack[]): readonly string[] {
  return (['commands', 'files', 'directories'] as const).flatMap((key) => {
    const values = [...new Set(lacks.filter((lack) => lack.key === key).map(({ value }) => value ?? ''))];
    const items = values.map((value) =>
      key === 'directories' ? `{ path = ${quoteToml(value)} }` : quoteToml(value),
    );
    return items.length === 0 ? [] : [`${key} = [${items.join(', ')}]`];
  });
}

/** True for what the C library tries for any program, and does well without: its caches, and other spellings of a locale. */
export function isTriedByAll(path: string): boolean {
  return tried.some((pattern) => pattern.test(path));
}

const tried = [
  /^\/etc\/ld\.so\.(?:preload|nohwcap|cache)$/u,
  /\/(?:glibc-hwcaps|tls|haswell|x86_64|aarch64)\//u,
  /^\/usr\/lib(?:\/[^/]+)?\/gconv\/gconv-modules(?:\.cache|\.d)?$/u,
  /^\/usr\/lib\/locale\//u,
  /^\/usr\/share\/locale(?:-langpack)?\/(?:locale\.alias|.*\/LC_MESSAGES\/.*)$/u,
];

/** `lacks` without folders of which something inside is lacking too: that is what was wanted. */
export function withoutFoldersOfOthers<L extends Lack>(lacks: readonly L[]): readonly L[] {
  return lacks.filter(
    ({ path, kind, denied }) =>
      kind !== 'folder' || denied !== undefined || !lacks.some((other) => other.path.startsWith(`${path}/`)),
  );
}

function denialOf(path: string): string | undefined {
  return decideDenied(path, { files: [], optionalFiles: [] });
}

function kindOf({ path, real, type, isProgram }: HostCandidate): LackKind {
  if (type === 'dir') return 'folder';
  if ([path, real].some((each) => /\.so(?:\.[0-9.]+)?$/u.test(each))) return 'library';
  return isProgram ? 'program' : 'file';
}

/** A basic string of TOML: what JSON escapes, and DEL. */
function quoteToml(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
