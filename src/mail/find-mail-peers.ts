import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { findHostGroup, findHostUser } from '../host/find-host-account.ts';
import type { VirtmaildSettings } from './virtmaild-settings.ts';

/** Who may connect to UNIX sockets. */
export interface MailPeers {
  /** Whose connections are served, beside root's. */
  readonly trusted: ReadonlySet<number>;
  /** Of the sockets. */
  readonly group: number;
}

/** Looks up the accounts that virtmaild.toml names. Throws UNKNOWN_USER. */
export function findMailPeers({ trustedUsers, socketGroup }: VirtmaildSettings): MailPeers {
  const users = trustedUsers.map((name) => findHostUser(name) ?? unknown('user', name));
  const group =
    socketGroup === undefined ? users[0]?.gid : (findHostGroup(socketGroup) ?? unknown('group', socketGroup));
  return { trusted: new Set(users.map(({ uid }) => uid)), group: group ?? 0 };
}

function unknown(kind: 'user' | 'group', name: string): never {
  throw new VirtfsError('UNKNOWN_USER', {
    what: `this host has no ${kind} ${escapeLines(name)}`,
    why: `virtmaild.toml names it in ${kind === 'user' ? 'trusted-users' : 'socket-group'}`,
    mend: `correct the file, or make the ${kind}: man 8 virtmaild`,
  });
}
