/** Static ids of Debian's base-passwd (its README.users), which other distributions share for the first dozen. */
// biome-ignore format: a table
const userIds: Readonly<Record<string, readonly [uid: number, gid: number, home: string]>> = {
  root:       [0,     0,     '/root'],
  daemon:     [1,     1,     '/usr/sbin'],
  bin:        [2,     2,     '/bin'],
  sys:        [3,     3,     '/dev'],
  sync:       [4,     65534, '/bin'],
  games:      [5,     60,    '/usr/games'],
  man:        [6,     12,    '/var/cache/man'],
  lp:         [7,     7,     '/var/spool/lpd'],
  mail:       [8,     8,     '/var/mail'],
  news:       [9,     9,     '/var/spool/news'],
  uucp:       [10,    10,    '/var/spool/uucp'],
  proxy:      [13,    13,    '/bin'],
  'www-data': [33,    33,    '/var/www'],
  backup:     [34,    34,    '/var/backups'],
  list:       [38,    38,    '/var/list'],
  irc:        [39,    39,    '/run/ircd'],
  nobody:     [65534, 65534, '/nonexistent'],
};

// biome-ignore format: a table
const groupIds: Readonly<Record<string, number>> = {
  root: 0, daemon: 1, bin: 2, sys: 3, adm: 4, tty: 5, disk: 6, lp: 7, mail: 8, news: 9, uucp: 10, man: 12, proxy: 13,
  kmem: 15, dialout: 20, fax: 21, voice: 22, cdrom: 24, floppy: 25, tape: 26, sudo: 27, audio: 29, dip: 30,
  'www-data': 33, backup: 34, operator: 37, list: 38, irc: 39, src: 40, shadow: 42, utmp: 43, video: 44, sasl: 45,
  plugdev: 46, staff: 50, games: 60, users: 100, nogroup: 65534,
};

export interface SystemUserIds {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The fixed ids of a base user. */
export function findSystemUserIds(name: string): SystemUserIds | undefined {
  const row = Object.hasOwn(userIds, name) ? userIds[name] : undefined;
  return row === undefined ? undefined : { uid: row[0], gid: row[1], home: row[2] };
}

/** The fixed id of a base group. */
export function findSystemGid(name: string): number | undefined {
  return Object.hasOwn(groupIds, name) ? groupIds[name] : undefined;
}

/** True for a user or group that Debian's base system has under a fixed number. */
export function isSystemName(name: string): boolean {
  return Object.hasOwn(userIds, name) || Object.hasOwn(groupIds, name);
}

/** Ids the host gives to the system: below 1000, and nobody's. A tree shares these numbers and no others. */
export function isSystemId(id: number): boolean {
  return id < 1000 || id === 65534;
}
