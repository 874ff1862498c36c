import type { Account } from './account.ts';

/**
 * The account that passwd(5) text has under a name, or under a number given as a name. The first of several counts, as
 * in getpwnam(3). Lines that are no account, or hold what the environment of a program must not, do not exist.
 */
export function parsePasswd(text: string, nameOrUid: string): Account | undefined {
  const lines = text.split('\n');
  return (
    findAccount(lines, (fields) => fields[0] === nameOrUid) ??
    (/^\d+$/u.test(nameOrUid) ? findAccount(lines, (fields) => fields[2] === nameOrUid) : undefined)
  );
}

function findAccount(
  lines: readonly string[],
  isWanted: (fields: readonly string[]) => boolean,
): Account | undefined {
  for (const line of lines) {
    const fields = line.split(':');
    const account = isWanted(fields) ? parseAccount(fields) : undefined;
    if (account) return account;
  }
  return undefined;
}

function parseAccount(fields: readonly string[]): Account | undefined {
  const [name = '', , uidText = '', gidText = '', gecos = '', home = '', shell = ''] = fields;
  const uid = parseId(uidText);
  const gid = parseId(gidText);
  if (fields.length !== 7 || uid === undefined || gid === undefined) return undefined;
  // A name with + or - first is one of NIS (nsswitch.conf(5), compat), not a user.
  if (!/^[^+\-\s/][^\s/]{0,255}$/u.test(name) || fields.some(hasControlCharacter)) return undefined;
  return { name, uid, gid, gecos, home: home === '' ? '/' : home, shell: shell === '' ? '/bin/sh' : shell };
}

/** A user or group number; 4294967295 is no id: to setresuid(2) it means "leave as it is". */
export function parseId(text: string): number | undefined {
  if (!/^\d{1,10}$/u.test(text)) return undefined;
  const id = Number(text);
  return id < 0xffff_ffff ? id : undefined;
}

function hasControlCharacter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return /[\u0000-\u001f\u007f-\u009f\ufffd]/u.test(text);
}
