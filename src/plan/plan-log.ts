import type { Entry } from '../manifest/entry.ts';
import { treePath } from '../manifest/tree-path.ts';

/**
 * `dev/log` as a hard link of the socket the host's syslog daemon listens on beside the trees; nothing without one.
 * A link by name could not do: the socket is outside of the tree.
 */
export function planLog({ socket }: { readonly socket?: string | undefined }): Entry[] {
  if (socket === undefined) return [];
  const why = 'programs in the tree log through the syslog daemon of the host';
  return [{ type: 'hardlink', path: treePath('dev/log'), to: socket, why }];
}
