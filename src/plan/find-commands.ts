import { posix } from 'node:path';
import type { HostView } from '../domain/host-view.ts';
import type { Profile } from '../domain/profile.ts';

/** Where commands are looked up. /usr/local is left out: what an administrator installed there is the host's alone. */
export const searchPath = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'] as const;

export interface FoundCommand {
  readonly name: string;
  readonly path: string;
  readonly why: string;
  readonly asked: 'by name' | 'as one of many';
}

export interface FoundCommands {
  readonly found: readonly FoundCommand[];
  /** Named by the profile, and not on this host. */
  readonly missing: readonly string[];
  /** Optional, and not on this host. */
  readonly leftOut: readonly string[];
}

/** Finds the host paths of a resolved profile's commands; `*` is every program of the search path. */
export function findCommands(profile: Profile, host: HostView): FoundCommands {
  const found = new Map<string, FoundCommand>();
  const missing: string[] = [];
  const leftOut: string[] = [];
  const add = (name: string, absent: string[]): void => {
    const path = findCommand(name, host);
    if (path === undefined) absent.push(name);
    else found.set(path, { name, path, why: `a command of the profile ${profile.name}`, asked: 'by name' });
  };

  for (const name of profile.commands) {
    if (name === '*')
      for (const path of listPrograms(host).filter((each) => !found.has(each)))
        found.set(path, { name: posix.basename(path), path, why: everyProgram, asked: 'as one of many' });
    else add(name, missing);
  }
  for (const name of profile.optionalCommands) add(name, leftOut);
  return { found: [...found.values()], missing, leftOut };
}

const everyProgram = 'one of the host’s programs, all of which the profile asks for';

/** The first path of the search path that holds `name` as a program; an absolute name is itself. */
export function findCommand(name: string, host: HostView): string | undefined {
  const candidates = name.startsWith('/') ? [name] : searchPath.map((dir) => `${dir}/${name}`);
  return candidates.find((path) => isProgram(path, host));
}

/** Every name of the search path once: on a merged host /bin is /usr/bin under another name. */
function listPrograms(host: HostView): string[] {
  const dirs = searchPath.filter((dir) => host.lstat(dir)?.type === 'dir');
  return dirs
    .flatMap((dir) => host.list(dir).map((name) => `${dir}/${name}`))
    .filter((path) => isProgram(path, host));
}

/** An executable file, or a link, which is followed when it is placed. */
function isProgram(path: string, host: HostView): boolean {
  const file = host.lstat(path);
  if (file?.type === 'symlink') return leadsSomewhere(path, host);
  return file?.type === 'file' && (file.mode & 0o111) !== 0;
}

function leadsSomewhere(path: string, host: HostView): boolean {
  let at = path;
  for (let links = 0; links < 40; links++) {
    const file = host.lstat(at);
    if (file === undefined) return false;
    if (file.type !== 'symlink') return true;
    at = posix.resolve(posix.dirname(at), file.target ?? '');
  }
  return false;
}
