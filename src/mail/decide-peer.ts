/** Who is at the other end of a connection. */
export type Peer =
  | { readonly type: 'unix'; readonly pid: number; readonly uid: number }
  /** Of a loopback address the kernel tells nothing but that. */
  | { readonly type: 'ip'; readonly address: string; readonly port: number };

/** Why a client is not served; undefined when it is. Whoever is served may deliver to everybody. */
export function whyNotPeer(peer: Peer, trusted: ReadonlySet<number>): string | undefined {
  if (peer.type === 'ip' || peer.uid === 0 || trusted.has(peer.uid)) return undefined;
  return `user ${peer.uid} is neither root nor among trusted-users of virtmaild.toml`;
}

/** As the log has it. */
export function describePeer(peer: Peer): string {
  if (peer.type === 'unix') return `uid ${peer.uid} pid ${peer.pid}`;
  return `${peer.address}:${peer.port}`;
}
