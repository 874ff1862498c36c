import type { Server } from 'node:http';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { notifyManager } from '../host/notify-manager.ts';
import { openSyslog, type Severity } from '../linux/syslog.ts';
import { AcceptorThread } from './acceptor-link.ts';
import type { FromAcceptor } from './acceptor-messages.ts';
import { CellMaker } from './cell-maker.ts';
import { prepareServer } from './prepare-server.ts';
import { relayErrors } from './relay-errors.ts';
import type { Served, ServeRequest } from './serve-request.ts';
import { ServingPlan } from './serving-plan.ts';
import type { Snapshot } from './snapshot.ts';
import { SocketKeeper } from './socket-keeper.ts';
import { openStatusServer } from './status-server.ts';

/** How often the files of addresses are looked at. */
const lookEveryMs = 1000;

/**
 * Serves until TERM or INT: then nothing is accepted any more, what runs may end within `graceMs`, and is ended then; a
 * second one ends it at once. HUP reads everything again, and so does a change of a file of addresses.
 * Resolves to the exit status. Throws CANNOT_LISTEN, NEEDS_ROOT and what `prepareServer` throws.
 */
export async function serve(request: ServeRequest): Promise<number> {
  const ident = `virtuald[${process.pid}]`;
  const log = openSyslog({ ident });
  const say = (severity: Severity, text: string): void => {
    log.send(severity, text);
    if (request.verbose) process.stderr.write(`${ident}: ${escapeLines(text)}\n`);
  };
  const { start, handedOver } = prepareServer(request, ident);
  const plan = new ServingPlan(start.roots, new SocketKeeper(handedOver));
  const thread = new AcceptorThread(start);
  const maker = new CellMaker((place, result) =>
    thread.say(
      typeof result === 'string'
        ? { type: 'no-cell', place, why: result }
        : { type: 'cell', place, cell: result },
    ),
  );
  // What is loaded later is not there once clients have taken all descriptors.
  await thread.ready;
  thread.onMessage((message) => hear(message, maker, say));

  let { served } = request;
  let signals = 0;
  const show = (): void => {
    const { services, places } = plan.make(served.services);
    for (const complaint of plan.newComplaints()) say('err', `${complaint}; what was read before holds`);
    thread.say({ type: 'serve', services });
    maker.prepare(places);
  };
  show();
  const status = await openStatus(served, thread, plan, say);

  const look = setInterval(() => {
    if (plan.hasChangedTables()) void attempt(say, show);
  }, lookEveryMs);
  const reload = async (): Promise<void> => {
    if (signals > 0) return;
    notifyManager(request.env, 'RELOADING');
    const before = served;
    await attempt(say, async () => {
      const read = (await request.reread?.()) ?? served;
      // Told to end while it was read.
      if (signals > 0) return;
      served = read;
      plan.forgetTables();
      try {
        show();
      } catch (error) {
        // What cannot be had must not keep the tables of what is served from being read.
        served = before;
        show();
        throw error;
      }
      say('notice', `read again: ${plan.describe()}`);
    });
    notifyManager(request.env, 'READY');
  };
  // One after the other, however fast they are asked for.
  let reloads = Promise.resolve();
  const stop = (): void => {
    signals += 1;
    clearInterval(look);
    notifyManager(request.env, 'STOPPING');
    say('notice', signals === 1 ? 'told to end: waiting for what runs' : 'told to end at once');
    thread.say({ type: 'stop', graceMs: signals === 1 ? served.graceMs : 0 });
  };
  process
    .on('SIGHUP', () => {
      reloads = reloads.then(reload);
    })
    .on('SIGTERM', stop)
    .on('SIGINT', stop);
  // Who hears of it may send a signal at once.
  notifyManager(request.env, 'READY');
  say('notice', `serving ${plan.describe()}`);
  try {
    await thread.ended;
  } finally {
    clearInterval(look);
    maker.stop();
    status?.close();
  }
  say('notice', 'ended');
  return 0;
}

function hear(
  message: FromAcceptor,
  maker: CellMaker,
  say: (severity: Severity, text: string) => void,
): void {
  if (message.type === 'want-cell') maker.make(message.place);
  if (message.type === 'errors')
    relayErrors({ fd: message.fd, name: `${message.service} ${message.domain}` }, say);
}

function openStatus(
  { statusSocket }: Served,
  thread: AcceptorThread,
  plan: ServingPlan,
  say: (severity: Severity, text: string) => void,
): Promise<Server | undefined> {
  if (statusSocket === undefined) return Promise.resolve(undefined);
  const since = Date.now() / 1000;
  const ask = async (): Promise<Snapshot> => ({
    pid: process.pid,
    since,
    services: plan.describeServices(await thread.count()),
  });
  return openStatusServer(statusSocket, ask, (text) => say('warning', text));
}

/** What was wrong before it began is told and leaves all as it was. */
async function attempt(
  say: (severity: Severity, text: string) => void,
  act: () => void | Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    const isOfSystem = Error.isError(error) && 'syscall' in error;
    if (!(error instanceof VirtfsError) && !isOfSystem) throw error;
    say('err', `${error.message}; what was read before holds`);
  }
}
