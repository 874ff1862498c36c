import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { findInstallRoot } from './find-install-root.ts';
import { findProgram } from './find-program.ts';
import { putHostFile, syncFolder } from './put-host-file.ts';
import { serviceTemplatesDir } from './read-service-templates.ts';

/** What starts services on a machine. */
export type InitSystem = 'systemd' | 'sysv';

export interface ServiceFilesRequest {
  /** The folder that stands for /etc, absolute. */
  readonly etc: string;
  /** The installation of virtfs it is to start: PREFIX/lib/virtfs. */
  readonly home: string;
  readonly dryRun: boolean;
}

export interface LaidFile {
  readonly path: string;
  readonly init: InitSystem;
  /** False when it was there, byte for byte. */
  readonly isChanged: boolean;
}

// biome-ignore format: a table
const files = {
  systemd: { name: 'systemd/system/virtuald.service', template: 'virtuald.service', mode: 0o644 },
  sysv:    { name: 'init.d/virtuald',                 template: 'virtuald.init',    mode: 0o755 },
} as const;

const mark = /^# Made by virtfs: (.*)$/mu;

/** The init system of this machine, or of the image whose /etc is `etc`. */
export function findInitSystem(etc: string, path: string | undefined): InitSystem {
  if (etc !== '/etc') return existsSync(join(etc, 'systemd/system')) ? 'systemd' : 'sysv';
  return existsSync('/run/systemd/system') || findProgram('systemctl', path) !== undefined
    ? 'systemd'
    : 'sysv';
}

/**
 * Lays the unit or the init script that starts the virtuald of `home`; a running systemd is told. Nothing is started.
 * `roots` are the folders of trees, which must be mounted before. Throws PROGRAM_MISSING where virtuald is not built,
 * PATH_TAKEN where somebody else's file is there, BAD_USAGE for a `home` that init systems would misread, NO_SPACE.
 */
export async function putServiceFile(
  { etc, home, dryRun }: ServiceFilesRequest,
  { init, roots }: { readonly init: InitSystem; readonly roots: readonly string[] },
): Promise<LaidFile> {
  requirePlain(home);
  requireBuilt(home);
  const { name, template, mode } = files[init];
  const path = join(etc, name);
  requireOurs(path, home);
  const text = readFileSync(join(serviceTemplatesDir(), template), 'utf8')
    .replaceAll('@home@', home)
    .replaceAll('@roots@', roots.filter(isPlain).join(' ') || '/');
  const isChanged = readOrUndefined(path) !== text;
  if (isChanged && !dryRun) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    putHostFile(path, text, mode);
    if (init === 'systemd' && isManaged(etc)) await execa('systemctl', ['daemon-reload']);
  }
  return { path, init, isChanged };
}

/**
 * Removes what `putServiceFile` laid for `home`, and the links that enabled it; virtuald is stopped first where this
 * machine runs it by them. Gives the paths that are gone.
 */
export async function removeServiceFiles({
  etc,
  home,
  dryRun,
}: ServiceFilesRequest): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const init of ['systemd', 'sysv'] as const) {
    const path = join(etc, files[init].name);
    if (ownerOf(path) !== home) continue;
    const links = listLinks(etc, path);
    gone.push(path, ...links);
    if (dryRun) continue;
    await stop(init, etc, path);
    for (const link of links) unlinkSync(link);
    rmSync(path);
    syncFolder(dirname(path));
    if (init === 'systemd' && isManaged(etc)) await execa('systemctl', ['daemon-reload']);
  }
  return gone;
}

/** The installation whose files start virtuald here, and which ones there are. */
export function listServiceFiles(etc: string): readonly { readonly path: string; readonly home: string }[] {
  return Object.values(files).flatMap(({ name }) => {
    const home = ownerOf(join(etc, name));
    return home === undefined ? [] : [{ path: join(etc, name), home }];
  });
}

/** The installation that runs now. */
export function findHome(): string {
  return findInstallRoot();
}

async function stop(init: InitSystem, etc: string, path: string): Promise<void> {
  if (etc !== '/etc') return;
  if (init === 'sysv') await execa(path, ['stop'], { stdio: 'ignore' });
  else if (isManaged(etc)) await execa('systemctl', ['stop', basename(path)]);
}

/** systemd runs this machine, and the files are its own. */
function isManaged(etc: string): boolean {
  return etc === '/etc' && existsSync('/run/systemd/system');
}

/** Links to the file in folders beside it: `multi-user.target.wants/virtuald.service`, `rc2.d/S20virtuald`. */
function listLinks(etc: string, path: string): readonly string[] {
  const isUnit = path.endsWith('.service');
  const above = isUnit ? dirname(path) : etc;
  const folders = namesIn(above).filter((name) =>
    isUnit ? /\.(?:wants|requires)$/u.test(name) : /^rc[\dS]\.d$/u.test(name),
  );
  return folders.flatMap((folder) =>
    namesIn(join(above, folder))
      .map((name) => join(above, folder, name))
      .filter((link) => basename(linkTarget(link) ?? '') === basename(path)),
  );
}

function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/** The installation that a file was laid for; undefined where it is not there, or somebody else's. */
function ownerOf(path: string): string | undefined {
  return mark.exec(readOrUndefined(path) ?? '')?.[1];
}

function readOrUndefined(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}

function requireOurs(path: string, home: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const owner = ownerOf(path);
  // What an installation left that is gone may be taken over.
  if (owner === home || (owner !== undefined && !existsSync(join(owner, 'templates')))) return;
  throw new VirtfsError('PATH_TAKEN', {
    what: `cannot lay ${path}`,
    why: owner === undefined ? 'something else is there' : `it belongs to the virtfs in ${owner}`,
    mend:
      owner === undefined
        ? `look at it, and move it away: ls -l ${path}`
        : 'let that one take it back: its virtfs service uninstall',
  });
}

function requirePlain(home: string): void {
  if (isPlain(home)) return;
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot let the machine start the virtuald in ${home}`,
    why: 'the name of that folder has more than letters, digits and / . _ + -, which init systems read in their own ways',
    mend: 'install virtfs elsewhere: scripts/install --prefix DIR',
  });
}

function isPlain(path: string): boolean {
  return /^[\w./+-]+$/u.test(path);
}

function requireBuilt(home: string): void {
  if (existsSync(join(home, 'dist/virtuald.js'))) return;
  throw new VirtfsError('PROGRAM_MISSING', {
    what: 'cannot let the machine start virtuald',
    why: `${home} has no dist/virtuald.js`,
    mend: 'build it: scripts/build; or install virtfs: scripts/install',
  });
}
