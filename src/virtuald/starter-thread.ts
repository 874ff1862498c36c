import { writeSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { confineStarter } from '../engine/confine-starter.ts';
import { JobBoard, type StartJob } from './job-board.ts';
import { ServiceStarter } from './service-starter.ts';
import type { StarterBeginning, StartFailure, ToStarter } from './starter-messages.ts';
import { tryStart } from './try-start.ts';

// A thread that starts services while the accepting one is busy with others. It blocks for good, as that one does.
const { beginning, port } = workerData as {
  readonly beginning: StarterBeginning;
  readonly port: MessagePort;
};
const board = new JobBoard(beginning.memory);
const starters = new Map<number, ServiceStarter>();

confineStarter();
parentPort?.postMessage('ready');
for (;;) answer(board.waitForJob());

function answer({ starter, fd, connection }: StartJob): void {
  learn();
  const known = starters.get(starter);
  const result = known === undefined ? 'its starter is unknown' : tryStart(known, fd, connection);
  if (typeof result !== 'string' && 'pid' in result) {
    board.answer(result);
  } else {
    port.postMessage(result satisfies StartFailure);
    board.answer(undefined);
  }
  writeSync(beginning.answerFd, '.');
}

/** What has to be known for a job was said before it was posted. */
function learn(): void {
  for (;;) {
    const message = receiveMessageOnPort(port)?.message as ToStarter | undefined;
    if (message === undefined) return;
    if (message.type === 'forget') starters.clear();
    else starters.set(message.starter, new ServiceStarter(beginning.start, message.parts));
  }
}
