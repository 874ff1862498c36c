import { readFileSync } from 'node:fs';
import { parseId, parsePasswd } from '../domain/parse-passwd.ts';
import { isErrno } from '../errors/virtfs-error.ts';

/** The ids of a user of this host's own passwd(5), by name or number; a number needs no line there. */
export function findHostUser(name: string): { readonly uid: number; readonly gid: number } | undefined {
  const account = parsePasswd(readIfThere('/etc/passwd'), name);
  if (account !== undefined) return { uid: account.uid, gid: account.gid };
  const uid = parseId(name);
  return uid === undefined ? undefined : { uid, gid: uid };
}

/** The number of a group of this host's own group(5), by name or number. */
export function findHostGroup(name: string): number | undefined {
  const lines = readIfThere('/etc/group')
    .split('\n')
    .map((line) => line.split(':'));
  const line = lines.find((fields) => fields[0] === name && fields.length === 4);
  return line === undefined ? parseId(name) : parseId(line[2] ?? '');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}
