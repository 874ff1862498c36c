import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { notifyManager } from '../host/notify-manager.ts';
import { denyTracing } from '../linux/deny-tracing.ts';
import { closeDescriptorsOnExec } from '../linux/exec-program.ts';
import { openSyslog } from '../linux/syslog.ts';
import { describePeer, whyNotPeer } from './decide-peer.ts';
import { DeliveryPool } from './delivery-pool.ts';
import { findMailPeers } from './find-mail-peers.ts';
import { identifyPeer } from './identify-peer.ts';
import { LmtpServer } from './lmtp-server.ts';
import { LmtpSockets } from './lmtp-sockets.ts';
import type { SayToLog } from './mail-log.ts';
import { openMailView } from './open-mail-view.ts';
import { RefusalLog } from './refusal-log.ts';
import type { VirtmaildSettings } from './virtmaild-settings.ts';

/** What is served: where trees are, and how. */
export interface MailServed {
  readonly settings: VirtmaildSettings;
  /** The roots of trees, absolute. */
  readonly roots: readonly string[];
}

export interface LmtpRequest {
  readonly served: MailServed;
  /** Sockets that wait for connections, from whoever started this process; those of `served` are not opened then. */
  readonly handedOver: readonly number[];
  /** For HUP. */
  readonly reread: () => Promise<MailServed>;
  /** The log on standard error as well. */
  readonly verbose: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How long what is under way may take after TERM. */
const graceMs = 60_000;

/**
 * Serves until TERM or INT: then nothing is accepted any more, messages that clients are sending are taken and delivered,
 * and all others hear 421; a second one ends it at once. HUP reads the settings again. Resolves to the exit status. Throws
 * NEEDS_ROOT, CANNOT_LISTEN, ROOT_UNSAFE, PATH_MISSING, UNKNOWN_USER.
 */
export async function serveLmtp(request: LmtpRequest): Promise<number> {
  if (process.geteuid?.() !== 0) throw needsRoot();
  const ident = `virtmaild[${process.pid}]`;
  const log = openSyslog({ ident, facility: 'mail' });
  const say: SayToLog = (severity, text) => {
    log.send(severity, text);
    if (request.verbose) process.stderr.write(`${ident}: ${escapeLines(text)}\n`);
  };
  denyTracing();
  process.umask(0o022);
  process.chdir('/');
  closeDescriptorsOnExec();

  let { served } = request;
  let peers = findMailPeers(served.settings);
  let view = openMailView({ roots: served.roots });
  const pool = new DeliveryPool(Math.min(8, Math.max(4, availableParallelism())));
  const server = new LmtpServer({ settings: served.settings, view, pool, say });
  const refusals = new RefusalLog(say);
  const sockets = new LmtpSockets((socket, type) => {
    socket.on('error', () => {});
    const peer = identifyPeer(socket, type);
    const why =
      peer === undefined
        ? 'it was gone at once'
        : (whyNotPeer(peer, peers.trusted) ??
          (server.count() >= served.settings.maxSessions
            ? `${server.count()} sessions are open`
            : undefined));
    if (peer === undefined || why !== undefined) {
      refusals.tell(peer === undefined ? 'a client' : describePeer(peer), why ?? '');
      socket.end('421 4.3.2 not now\r\n', () => socket.destroy());
      return;
    }
    server.serve(socket, describePeer(peer));
  });
  const listen = (): Promise<void> => {
    const places = request.handedOver.length > 0 ? [] : served.settings.listen;
    return sockets.open({ places, group: peers.group });
  };
  try {
    sockets.adopt(request.handedOver, served.settings.allowRemote);
    await listen();
  } catch (error) {
    sockets.close();
    await pool.close();
    throw error;
  }

  const { promise: told, resolve: stop } = Promise.withResolvers<void>();
  let signals = 0;
  const reload = async (): Promise<void> => {
    if (signals > 0) return;
    notifyManager(request.env, 'RELOADING');
    const before = { served, peers };
    try {
      const read = await request.reread();
      const nextPeers = findMailPeers(read.settings);
      const nextView = openMailView({ roots: read.roots });
      [served, peers] = [read, nextPeers];
      await listen().catch((error: unknown) => {
        nextView[Symbol.dispose]();
        throw error;
      });
      server.change(served.settings, nextView);
      view[Symbol.dispose]();
      view = nextView;
      say('notice', `settings read again: listening on ${sockets.describe()}`);
    } catch (error) {
      if (!(error instanceof VirtfsError)) throw error;
      ({ served, peers } = before);
      say('err', `${error.message}; what was read before holds`);
    }
    notifyManager(request.env, 'READY');
  };
  // One after the other, however fast they are asked for.
  let reloads = Promise.resolve();
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) {
      say('notice', 'told to end at once');
      server.end(true);
    }
    stop();
  };
  process
    .on('SIGHUP', () => {
      reloads = reloads.then(reload);
    })
    .on('SIGTERM', onSignal)
    .on('SIGINT', onSignal);
  say('notice', `serving ${served.roots.join(', ')} on ${sockets.describe()}`);
  notifyManager(request.env, 'READY');

  await told;
  notifyManager(request.env, 'STOPPING');
  await reloads;
  say('notice', `told to end: ${server.count()} sessions are open`);
  sockets.close();
  server.end(false);
  await untilIdle(server);
  await pool.close();
  view[Symbol.dispose]();
  say('notice', 'ended');
  return 0;
}

async function untilIdle(server: LmtpServer): Promise<void> {
  for (const end = performance.now() + graceMs; server.count() > 0; await sleep(20)) {
    if (performance.now() > end) return server.end(true);
  }
}

function needsRoot(): VirtfsError {
  return new VirtfsError('NEEDS_ROOT', {
    what: 'cannot deliver mail',
    why: 'only root may write as the users of trees',
    mend: 'call it as root, or let systemd: systemctl start virtmaild',
  });
}
