import { nearestName } from '../domain/nearest-name.ts';
import { type Owner, rootOwner } from '../domain/owner.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { Entry } from '../manifest/entry.ts';
import { treePath } from '../manifest/tree-path.ts';

/** Every device a tree can have: Linux, Documentation/admin-guide/devices.txt. None of them reaches a disk or memory. */
// biome-ignore format: a table
const devices = [
  // name     major minor mode   what for
  ['null',    1,    3,    0o666, 'takes everything, gives nothing'],
  ['zero',    1,    5,    0o666, 'zero bytes'],
  ['full',    1,    7,    0o666, 'a disk that is always full'],
  ['random',  1,    8,    0o666, 'random numbers'],
  ['urandom', 1,    9,    0o666, 'random numbers'],
  ['tty',     5,    0,    0o666, 'the terminal a program was started from'],
  ['ptmx',    5,    2,    0o666, 'makes pseudo-terminals'],
] as const;

// biome-ignore format: a table
const links = [
  ['fd',     '/proc/self/fd',   'open files by number, once /proc is mounted'],
  ['stdin',  '/proc/self/fd/0', 'standard input by name, once /proc is mounted'],
  ['stdout', '/proc/self/fd/1', 'standard output by name, once /proc is mounted'],
  ['stderr', '/proc/self/fd/2', 'standard error by name, once /proc is mounted'],
] as const;

/**
 * The devices a profile names, the folders `dev/pts` and `dev/shm` as mount points, and the links of /dev to /proc.
 * `ttyGid` is the group of the terminal. Throws BAD_PROFILE for a name that is not in the table.
 */
export function planDevices({
  names,
  ttyGid,
}: {
  readonly names: readonly string[];
  readonly ttyGid: number;
}): Entry[] {
  const known: readonly string[] = devices.map(([name]) => name);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw unknownDevice(strange, known);
  const ttyOwner: Owner = { uid: 0, gid: ttyGid };
  return [
    dir('dev', 0o755, 'devices'),
    dir('dev/pts', 0o755, 'where pseudo-terminals appear once devpts is mounted'),
    dir('dev/shm', 0o1777, 'POSIX shared memory: shm_overview(7)'),
    ...devices
      .filter(([name]) => names.includes(name))
      .map(([name, major, minor, mode, why]): Entry => {
        const owner = name === 'tty' || name === 'ptmx' ? ttyOwner : rootOwner;
        return { type: 'device', path: treePath(`dev/${name}`), major, minor, mode, owner, why };
      }),
    ...links.map(
      ([name, target, why]): Entry => ({ type: 'symlink', path: treePath(`dev/${name}`), target, why }),
    ),
  ];
}

function dir(path: string, mode: number, why: string): Entry {
  return { type: 'dir', path: treePath(path), mode, owner: rootOwner, why };
}

function unknownDevice(name: string, known: readonly string[]): VirtfsError {
  const near = nearestName(name, known);
  return new VirtfsError('BAD_PROFILE', {
    what: `cannot make the device '${escapeLines(name).slice(0, 80)}' in a tree`,
    why: `the devices a tree can have are ${known.join(', ')}`,
    mend: near === undefined ? 'take it out of the key devices' : `did you mean ${near}?`,
  });
}
