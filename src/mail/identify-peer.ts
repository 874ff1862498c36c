import type { Socket } from 'node:net';
import { getPeerCredentials } from '../linux/peer-credentials.ts';
import type { Peer } from './decide-peer.ts';
import type { MailListen } from './mail-listen.ts';

/** Who is at the other end of a connection that was accepted; undefined for a client that is gone by now. */
export function identifyPeer(socket: Socket, type: MailListen['type']): Peer | undefined {
  const { remoteAddress: address, remotePort: port } = socket;
  if (type === 'ip') return address === undefined || port === undefined ? undefined : { type, address, port };
  const fd = descriptorOf(socket);
  if (fd === undefined) return undefined;
  const { pid, uid } = getPeerCredentials(fd);
  return { type, pid, uid };
}

/** Node shows the descriptor of a socket to nobody, but has it. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
