import type { FileFacts } from '../domain/file-facts.ts';
import type { FindingKind } from '../manifest/finding.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { decideKeeping } from './decide-keeping.ts';

/** What is wrong with one path, before it is put into words. */
export interface Difference {
  readonly kind: FindingKind;
  readonly what: string;
  /** A command that puts it right, without the path, where laying it again would not. */
  readonly fix?: string;
}

/** True where a path that was laid must be there: the system's, and what says who may come in. */
export function isRequired(path: string): boolean {
  return decideKeeping(path) === 'system' || isGuard(path);
}

/** True where content, mode and owner must be exactly those that were laid. */
export function isExact(path: string): boolean {
  return decideKeeping(path) === 'system';
}

/** Accounts, PAM and where names are looked up: the domain's to change, and nobody else's. */
function isGuard(path: string): boolean {
  return (
    decideKeeping(path) === 'accounts' ||
    path === 'etc/nsswitch.conf' ||
    path === 'etc/pam.d' ||
    path.startsWith('etc/pam.d/')
  );
}

/**
 * How what stands at a laid path differs from its entry: type, owner, mode, a device's number. Content is not looked at,
 * nor where a link leads. What the domain may change is no difference.
 */
export function decideDifferences(entry: ManifestEntry, found: FileFacts): readonly Difference[] {
  const { path } = entry;
  if (!isRequired(path)) return [];
  if (found.type !== typeOf[entry.type]) {
    // A device is found as one, wherever it stands.
    if (found.type === 'char' || found.type === 'block') return [];
    return [
      { kind: 'wrong-type', what: `it is ${typeNames[found.type]}, not ${typeNames[typeOf[entry.type]]}` },
    ];
  }
  // A link has the owner and mode of the store's link; a socket is the syslog daemon's.
  if (entry.type === 'symlink' || entry.type === 'hardlink') return [];
  const mode = Number.parseInt(entry.mode ?? '0', 8);
  return [
    ...ownerDifference(entry, found),
    ...(isExact(path) ? exactMode(found, mode) : guardMode(entry, found)),
  ];
}

function ownerDifference({ path, uid, gid }: ManifestEntry, found: FileFacts): readonly Difference[] {
  if (found.uid === uid && found.gid === gid) return [];
  const what = `it belongs to user ${found.uid} and group ${found.gid}, not to ${uid} and ${gid}`;
  return [{ kind: 'foreign-owner', what, ...(isExact(path) ? {} : { fix: `chown ${uid}:${gid}` }) }];
}

function exactMode(found: FileFacts, mode: number): readonly Difference[] {
  // Bits that nobody asked for are told as what they are: see `decideDanger`.
  if ((found.mode & ~(addedSetId(found, mode) ?? 0)) === mode) return [];
  return [{ kind: 'foreign-mode', what: `its mode is ${octal(found.mode)}, not ${octal(mode)}` }];
}

function guardMode({ path, mode: laid }: ManifestEntry, { mode }: FileFacts): readonly Difference[] {
  const isSecret = path === 'etc/shadow' || path === 'etc/gshadow';
  const may = (mode & 0o002) !== 0 ? 'write' : isSecret && (mode & 0o004) !== 0 ? 'read' : undefined;
  if (may === undefined) return [];
  return [
    { kind: 'foreign-mode', what: `everybody may ${may} it (mode ${octal(mode)})`, fix: `chmod ${laid}` },
  ];
}

/** What of a file may give rights that no profile asked for. `entry` is what was laid there, if anything was. */
export function decideDanger(found: FileFacts, entry: ManifestEntry | undefined): readonly Difference[] {
  if (found.type === 'char' || found.type === 'block') {
    const isAsked = entry?.type === 'device' && found.type === 'char' && isNumber(entry, found);
    const name = `the ${found.type === 'char' ? 'character' : 'block'} device ${found.major}:${found.minor}`;
    return isAsked ? [] : [{ kind: 'device', what: `it is ${name}` }];
  }
  if (found.type !== 'file') return [];
  const mode = entry?.type === 'file' ? Number.parseInt(entry.mode ?? '0', 8) : 0;
  const added = addedSetId(found, mode);
  if (added === undefined) return [];
  const as = (added & 0o4000) !== 0 ? `user ${found.uid}` : `group ${found.gid}`;
  return [{ kind: 'set-id', what: `whoever runs it runs it as ${as} (mode ${octal(found.mode)})` }];
}

/** Set-id bits beyond those of `mode`; without the right to run it for the group, 02000 says nothing on a file. */
function addedSetId({ type, mode: found }: FileFacts, mode: number): number | undefined {
  if (type !== 'file') return undefined;
  const bits = found & ((found & 0o010) === 0 ? 0o4000 : 0o6000) & ~mode;
  return bits === 0 ? undefined : bits;
}

function isNumber({ major, minor }: ManifestEntry, found: FileFacts): boolean {
  return found.major === major && found.minor === minor;
}

const typeOf = {
  dir: 'dir',
  file: 'file',
  symlink: 'symlink',
  device: 'char',
  hardlink: 'socket',
} as const satisfies Record<ManifestEntry['type'], FileFacts['type']>;

const typeNames: Readonly<Record<FileFacts['type'], string>> = {
  file: 'a file',
  dir: 'a folder',
  symlink: 'a symbolic link',
  char: 'a device',
  block: 'a device',
  fifo: 'a FIFO',
  socket: 'a socket',
  other: 'something else',
};

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
