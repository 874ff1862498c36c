import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadBeginning, ToThread } from './delivery-messages.ts';
import type { Envelope } from './mail-types.ts';
import { doorOf } from './mailbox-door.ts';
import {
  type Copy,
  deliverWhole,
  findOverQuota,
  type MessageContext,
  PiecewiseDelivery,
} from './message-delivery.ts';
import { makeThreadNamer } from './thread-namer.ts';

// A thread that delivers. While it is somebody else to files nothing asynchronous may begin here: Node would do that on
// other threads, which are root, and later, when this one is root again.
const port = parentPort;
if (port === null) throw new Error('this is a thread, not a program');
const options = workerData as ThreadBeginning;
const nameFile = makeThreadNamer();
const underWay = new Map<number, PiecewiseDelivery>();

port.on('message', (message: ToThread) => {
  const answer = answerTo(message);
  if (answer !== undefined) port.postMessage(answer);
});

port.postMessage({ type: 'ready', job: 0 } satisfies FromThread);

function answerTo(message: ToThread): FromThread | undefined {
  const { job } = message;
  switch (message.type) {
    case 'whole': {
      const { envelope } = message;
      return {
        type: 'done',
        job,
        results: deliverWhole(contextOf(envelope), copiesOf(envelope), message.message),
      };
    }
    case 'first': {
      const { envelope, piece } = message;
      underWay.set(job, new PiecewiseDelivery(contextOf(envelope), copiesOf(envelope), piece));
      return { type: 'written', job };
    }
    case 'piece':
      find(job).write(message.piece);
      return { type: 'written', job };
    case 'end':
      return { type: 'done', job, results: take(job).finish() };
    case 'discard':
      take(job).discard();
      return { type: 'done', job, results: [] };
    case 'stop':
      parentPort?.close();
      return undefined;
    case 'room': {
      const over = findOverQuota(doorOf(message.mailbox), message.bytes, nameFile);
      return { type: 'done', job, results: over === undefined ? [] : [over] };
    }
  }
}

function find(job: number): PiecewiseDelivery {
  const delivery = underWay.get(job);
  if (delivery === undefined) throw new Error(`message ${job} has not begun`);
  return delivery;
}

function take(job: number): PiecewiseDelivery {
  const delivery = find(job);
  underWay.delete(job);
  return delivery;
}

function contextOf({ sender }: Envelope): MessageContext {
  return { ...options, sender, nameFile };
}

function copiesOf({ recipients }: Envelope): readonly Copy[] {
  return recipients.map(({ address, mailbox }) => ({ address, door: doorOf(mailbox) }));
}
