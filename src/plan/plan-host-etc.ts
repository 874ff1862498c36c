import { parseLdSoConf } from '../closure/parse-ld-so-conf.ts';
import type { HostView } from '../domain/host-view.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { Entry } from '../manifest/entry.ts';
import { etcFile } from './etc-file.ts';
import { findForeignName } from './find-foreign-name.ts';
import { findSecret } from './find-secret.ts';
import { findRealFile, readHostText } from './read-host-file.ts';

export interface HostEtcRequest {
  readonly host: HostView;
  /** Names that must not be in a tree: the host's own (`listHostNames`) and other domains'. */
  readonly foreign: readonly string[];
  /** Whether the tree will have a program at this absolute path. */
  readonly inTree: (path: string) => boolean;
  /** Shells that the profile has listed beside those of the host. */
  readonly shells: readonly string[];
}

export interface PlannedEtc {
  readonly entries: readonly Entry[];
  readonly notices: readonly string[];
}

/**
 * Files of the host's /etc that say what the system is, not who it is. A `list` is the distribution's, and only a full
 * domain name in it counts as one: mail, news and debian are words there, and host names elsewhere.
 */
// biome-ignore format: a table
const copied = [
  ['services',       'list', 'names of ports'],
  ['protocols',      'list', 'names of protocols'],
  ['os-release',     'list', 'what system the programs are from'],
  ['debian_version', 'list', 'what system the programs are from'],
  ['inputrc',        'free', 'keys of the command line'],
  ['skel/.profile',  'free', 'what a new home begins with'],
  ['skel/.bashrc',   'free', 'what a new home begins with'],
] as const;

/**
 * What every tree on this host has in etc from the host: lists of names, the zone, login shells, where libraries are.
 * A file that names the host or another domain, or holds a secret, is not taken, with a notice.
 * Give these before the templates' files: the first entry of a path is the one that counts.
 */
export function planHostEtc({ host, foreign, inTree, shells }: HostEtcRequest): PlannedEtc {
  const entries: Entry[] = [];
  const notices: string[] = [];
  for (const [name, kind, why] of copied) {
    const text = readHostText(host, `/etc/${name}`);
    if (text === undefined) continue;
    const names = kind === 'list' ? foreign.filter((one) => one.includes('.')) : foreign;
    const secret = findSecret(text);
    const stranger = findForeignName(text, names);
    if (secret !== undefined)
      notices.push(`/etc/${escapeLines(name)} of the host is not copied: it holds ${secret}`);
    else if (stranger !== undefined) {
      notices.push(`/etc/${escapeLines(name)} of the host is not copied: it names ${escapeLines(stranger)}`);
    } else entries.push(etcFile(name, text, `${why}, as on the host`));
  }
  return {
    entries: [
      ...entries,
      ...planZone(host),
      planShells(host, inTree, shells),
      planResolvConf(host, notices),
      planLoaderConf(host, foreign),
    ],
    notices,
  };
}

/** The zone as a file of its own, so that it needs no zoneinfo folder; and its name where that is known. */
function planZone(host: HostView): Entry[] {
  const real = findRealFile(host, '/etc/localtime');
  if (real === undefined) return [];
  const name =
    /\/zoneinfo\/(?<zone>[\w+/-]+)$/u.exec(real)?.groups?.zone ?? readHostText(host, '/etc/timezone')?.trim();
  const zone =
    name !== undefined && /^[\w+/-]+$/u.test(name)
      ? [etcFile('timezone', `${name}\n`, 'the name of the zone')]
      : [];
  const entry: Entry = { ...etcFile('localtime', '', "the host's time zone"), source: { copyOf: real } };
  return [entry, ...zone];
}

/** Shells of the host and of the profile that are in the tree too: shells(5), which chsh and FTP servers ask. */
function planShells(host: HostView, inTree: (path: string) => boolean, more: readonly string[]): Entry {
  const listed = (readHostText(host, '/etc/shells') ?? '')
    .split('\n')
    .filter((line) => /^\/[\w./+-]+$/u.test(line) && inTree(line));
  const shells = new Set(['/bin/sh', '/bin/bash'].filter(inTree).concat(listed, more.filter(inTree)));
  return etcFile('shells', [...shells].map((shell) => `${shell}\n`).join(''), 'login shells in the tree');
}

/** Name servers and resolver options; `search` and `domain` would name the host's own network. */
function planResolvConf(host: HostView, notices: string[]): Entry {
  const lines = (readHostText(host, '/etc/resolv.conf') ?? '')
    .split('\n')
    .filter((line) =>
      /^nameserver[ \t]+[\da-fA-F.:]+(?:%\w+)?[ \t]*$|^options[ \t]+[\w:. \t-]+$/u.test(line),
    );
  if (!lines.some((line) => line.startsWith('nameserver'))) {
    notices.push('the host names no name server in /etc/resolv.conf, so programs in the tree ask 127.0.0.1');
  }
  const text = lines.map((line) => `${line.trim()}\n`).join('');
  return etcFile('resolv.conf', text, 'the name servers of the host, without the name of its network');
}

/** The folders of the host's ld.so.conf and all it includes, in one file: ldconfig in the tree reads it, the loader does not. */
function planLoaderConf(host: HostView, foreign: readonly string[]): Entry {
  const folders = parseLdSoConf(host).filter((folder) => findForeignName(folder, foreign) === undefined);
  const text = folders.map((folder) => `${folder}\n`).join('');
  return etcFile('ld.so.conf', text, 'where ldconfig in the tree looks for libraries, as on the host');
}
