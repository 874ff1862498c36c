import { mapAcl } from '../domain/map-acl.ts';
import { listAttributes, putAttribute, readAttribute } from '../linux/extended-attributes.ts';

const acls = ['system.posix_acl_access', 'system.posix_acl_default'];

/**
 * Gives the open file or folder `to` the access control lists of `from`, their ids mapped, and its attributes `user.*`.
 * Capabilities and labels stay behind. To be called after the mode is set. Returns the names of attributes that did not
 * come along.
 */
export function copyAttributes(
  from: number,
  to: number,
  mapId: (id: number) => number | undefined,
): readonly string[] {
  return listAttributes(from).filter((name) => !copied(name, from, to, mapId));
}

function copied(name: string, from: number, to: number, mapId: (id: number) => number | undefined): boolean {
  const isAcl = acls.includes(name);
  if (!isAcl && !name.startsWith('user.')) return false;
  const value = readAttribute(from, name);
  if (value === undefined) return true;
  const mapped = isAcl ? mapAcl(value, mapId) : value;
  return mapped !== undefined && putAttribute(to, name, mapped);
}
