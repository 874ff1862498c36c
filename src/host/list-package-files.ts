import { readdirSync, readFileSync } from 'node:fs';
import type { HostView } from '../domain/host-view.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';

const dpkgInfo = '/var/lib/dpkg/info';

/**
 * The files of each package as the distribution's own data base lists them, folders left out by who places them.
 * dpkg's lists are read as files; where there is no dpkg, rpm is asked.
 * Throws PACKAGE_MISSING naming all packages that are not installed.
 */
export async function listPackageFiles(
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (names.length === 0) return new Map();
  const listed = await Promise.all(names.map(async (name) => [name, await listOne(name)] as const));
  const missing = listed.filter(([, files]) => files === undefined).map(([name]) => name);
  if (missing.length > 0) throw packagesMissing(missing);
  return new Map(listed.map(([name, files]) => [name, files ?? []]));
}

async function listOne(name: string): Promise<readonly string[] | undefined> {
  const lists = readLists();
  if (lists === undefined) return await listByRpm(name);
  const file = chooseList(name, lists);
  return file === undefined ? undefined : readFileSync(file, 'utf8').split('\n').filter(isPath);
}

/** A package that may be there for several machines has its machine in the name of its list. */
function chooseList(name: string, lists: readonly string[]): string | undefined {
  const file = [
    `${name}.list`,
    ...lists.filter((list) => list.startsWith(`${name}:`) && list.endsWith('.list')),
  ].find((list) => lists.includes(list));
  return file === undefined ? undefined : `${dpkgInfo}/${file}`;
}

/**
 * Asks the host for dpkg's lists of these packages, so that its answers tell when there are others. False where that
 * cannot be told so: without dpkg, and for a list too large for a text.
 */
export function inspectPackageLists(names: readonly string[], host: HostView): boolean {
  if (names.length === 0) return true;
  const lists = host.list(dpkgInfo);
  return names.every((name) => {
    const file = chooseList(name, lists);
    return file !== undefined && host.text(file) !== undefined;
  });
}

function readLists(): readonly string[] | undefined {
  try {
    return readdirSync(dpkgInfo);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function listByRpm(name: string): Promise<readonly string[] | undefined> {
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa('rpm', ['--query', '--list', '--', name], { reject: false });
  return exitCode === 0 ? stdout.split('\n').filter(isPath) : undefined;
}

function isPath(line: string): boolean {
  return line.startsWith('/') && line !== '/.';
}

function packagesMissing(names: readonly string[]): VirtfsError {
  return new VirtfsError('PACKAGE_MISSING', {
    what: `cannot take the files of ${names.map(escapeLines).join(', ')}`,
    why: 'no such package is installed on this host',
    mend: `install it (apt-get install ${names.map(escapeLines).join(' ')}), or take it out of the profile`,
  });
}
