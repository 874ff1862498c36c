import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { confineStarter } from '../engine/confine-starter.ts';
import { Acceptor } from './acceptor.ts';
import type { AcceptorStart, FromAcceptor, ToAcceptor } from './acceptor-messages.ts';
import { JobBoard } from './job-board.ts';
import { Launcher } from './launcher.ts';

// The accepting thread. It blocks for good, so that no event loop, and no asynchronous call, ever runs here.
const port = parentPort;
if (port === null) throw new Error('this is a thread, not a program');
const { start, starter } = workerData as {
  readonly start: AcceptorStart;
  readonly starter: { readonly port: MessagePort; readonly memory: SharedArrayBuffer };
};

const link = {
  receive: () => receiveMessageOnPort(port)?.message as ToAcceptor | undefined,
  say: (message: FromAcceptor) => port.postMessage(message),
};
const acceptor = new Acceptor(start, link, new Launcher(starter.port, new JobBoard(starter.memory)));
// All is loaded and open by now: what is confined here is what services may do.
confineStarter();
link.say({ type: 'ready' });
acceptor.run();
