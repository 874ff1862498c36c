import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { standardSocket } from './standard-socket.ts';

/**
 * The UNIX socket of virtmaild: the first that virtmaild.toml names, else the usual one, also where the file is not for this user.
 * Whoever answers there is looked at before a message goes to it. Throws BAD_CONFIG.
 */
export async function findSocket(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const file = join(env.VIRTFS_CONFIG_DIR ?? '/etc/virtfs', 'virtmaild.toml');
  if (!isReadable(file)) return standardSocket;
  const { readVirtmaildSettings } = await import('./read-virtmaild-settings.ts');
  const { listen } = await readVirtmaildSettings({ file, isAsked: false, listen: undefined });
  return listen.find((place) => place.type === 'unix')?.path ?? standardSocket;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    // Not there, as with most; or root's alone.
    return false;
  }
}
