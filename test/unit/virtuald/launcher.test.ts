import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { parseDomainName } from '../../../src/domain/domain-name.ts';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import type { Cell } from '../../../src/engine/make-cell.ts';
import { completeService } from '../../../src/virtuald/complete-service.ts';
import { JobBoard, makeBoardMemory } from '../../../src/virtuald/job-board.ts';
import { Launcher } from '../../../src/virtuald/launcher.ts';
import { ServiceStarter, type StarterContext } from '../../../src/virtuald/service-starter.ts';

function makeStarter(): ServiceStarter {
  const service = completeService({ name: 'ftp', program: ['ftpd'], root: '/virtual' }, {});
  const cell = { domain: parseDomainName('a.example') } as Cell;
  // Of no use before it starts something, which the other thread does here.
  const start = {} as StarterContext;
  const root = { path: '/virtual', fd: -1 };
  return new ServiceStarter(start, { service, policy: service.policy, root, cell, errorFd: -1 });
}

describe('Launcher', () => {
  const end = { address: parseIpAddress('127.0.0.1'), port: 1 };

  it('lets the other thread forget nothing that a job is for, nor what it uses be closed', () => {
    using channel = new DisposableChannel();
    const memory = makeBoardMemory();
    const launcher = new Launcher(channel.port1, new JobBoard(memory));
    const other = new JobBoard(memory);
    const types = () => {
      const found: string[] = [];
      for (let next = receive(channel); next !== undefined; next = receive(channel)) found.push(next);
      return found;
    };
    const starter = makeStarter();
    const done: unknown[] = [];
    const launch = () => {
      launcher.backlog = 1;
      launcher.launch(starter, 7, { local: end, peer: end }, (result) => done.push(result));
    };
    launch();
    launcher.forget();
    let isClosed = false;
    launcher.whenUnused(() => {
      isClosed = true;
    });
    expect(types()).toEqual(['know']);
    expect(other.waitForJob()).toMatchObject({ starter: starter.id, fd: 7 });
    expect(isClosed).toBe(false);
    other.answer({ pid: 4711, pidfd: 9 });
    launcher.hear();
    expect(done).toEqual([{ pid: 4711, pidfd: 9 }]);
    expect(isClosed).toBe(true);
    // And what it forgot it is told again.
    launch();
    expect(types()).toEqual(['forget', 'know']);
    expect(launcher.isBusy).toBe(true);
  });
});

class DisposableChannel extends MessageChannel implements Disposable {
  [Symbol.dispose](): void {
    this.port1.close();
  }
}

function receive({ port2 }: MessageChannel): string | undefined {
  return (receiveMessageOnPort(port2)?.message as { readonly type: string } | undefined)?.type;
}
