import { type Owner, rootOwner } from '../domain/owner.ts';
import type { Entry } from '../manifest/entry.ts';
import { treePath } from '../manifest/tree-path.ts';

export interface SkeletonIds {
  /** Numbers of the groups mail and utmp in the tree. */
  readonly mailGid: number;
  readonly utmpGid: number;
}

/**
 * The folders every tree has (HOWTO 4.1) before anything is put into them, with the empty records of logins.
 * bin, sbin, lib and lib64 are not here: they are folders or links as the host has them.
 */
export function planSkeleton({ mailGid, utmpGid }: SkeletonIds): Entry[] {
  const mailOwner: Owner = { uid: 0, gid: mailGid };
  const utmpOwner: Owner = { uid: 0, gid: utmpGid };
  // biome-ignore format: a table
  return [
    dir('etc',          0o755,  'accounts and configuration of the tree'),
    dir('etc/skel',     0o755,  'what a new home begins with'),
    dir('home',         0o755,  'homes, by their first letter'),
    ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) =>
      dir(`home/${letter}`, 0o755, `homes of users whose names begin with ${letter}`)),
    // Before anything comes into it: where it is missing it is not protected either (see sharedDirs).
    dir('opt',          0o755,  'programs that bring a folder of their own'),
    dir('proc',         0o555,  'where a program gets a /proc of its own'),
    dir('root',         0o700,  "home of the tree's root"),
    dir('run',          0o755,  'what runs now: process ids, sockets'),
    dir('tmp',          0o1777, 'scratch space; sticky, so that each user keeps his own'),
    dir('usr',          0o755,  'programs and libraries'),
    dir('usr/bin',      0o755,  'programs'),
    dir('usr/sbin',     0o755,  'programs for the administrator'),
    dir('usr/lib',      0o755,  'libraries'),
    dir('usr/local',    0o755,  'programs of the domain itself: the one part of usr it can write'),
    link('usr/spool',   '../var/spool', 'some POP servers look for mail here'),
    link('usr/tmp',     '../tmp',       'the old name of /tmp'),
    dir('var',          0o755,  'what changes'),
    link('var/run',     '../run',       'the old name of /run'),
    dir('run/lock',     0o1777, 'lock files'),
    link('var/lock',    '../run/lock',  'lock files'),
    dir('var/log',      0o755,  'logs'),
    dir('var/mail',     0o2775, 'mailboxes', mailOwner),
    dir('var/spool',    0o755,  'queues'),
    link('var/spool/mail', '../mail',   'the old name of /var/mail'),
    link('var/tmp',     '../tmp',       'scratch space'),
    empty('run/utmp',     0o664, 'who is logged in', utmpOwner),
    empty('var/log/wtmp', 0o664, 'who was logged in', utmpOwner),
    empty('var/log/btmp', 0o660, 'who failed to log in', utmpOwner),
    empty('var/log/lastlog', 0o664, 'when each user logged in last', utmpOwner),
  ];
}

function dir(path: string, mode: number, why: string, owner: Owner = rootOwner): Entry {
  return { type: 'dir', path: treePath(path), mode, owner, why };
}

function link(path: string, target: string, why: string): Entry {
  return { type: 'symlink', path: treePath(path), target, why };
}

function empty(path: string, mode: number, why: string, owner: Owner): Entry {
  return { type: 'file', path: treePath(path), mode, owner, source: { text: '' }, shared: false, why };
}
