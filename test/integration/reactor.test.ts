import { closeSync, readSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pollFor } from '../../src/linux/epoll.ts';
import { makePipe } from '../../src/linux/pipe.ts';
import { Reactor } from '../../src/virtuald/reactor.ts';

/** A reactor that stops by itself, whatever a test forgets. */
function makeReactor(): Reactor {
  const reactor = new Reactor();
  reactor.after(20_000, () => {
    throw new Error('it never ended');
  });
  return reactor;
}

describe('Reactor', () => {
  test('does what descriptors and times ask for, and ends when it is told to', () => {
    const reactor = makeReactor();
    const pipe = makePipe();
    const done: string[] = [];
    reactor.watch(pipe.readFd, pollFor.readable, () => {
      readSync(pipe.readFd, Buffer.alloc(1));
      done.push('read');
      reactor.unwatch(pipe.readFd);
      reactor.after(20, () => {
        done.push('later');
        reactor.end();
      });
    });
    const calledOff = reactor.after(1, () => done.push('called off'));
    calledOff.act = undefined;
    reactor.after(5, () => writeSync(pipe.writeFd, 'xx'));
    reactor.run(() => undefined);
    expect(done).toEqual(['read', 'later']);
    closeSync(pipe.readFd);
    closeSync(pipe.writeFd);
  });

  test('does what was put off once nothing comes any more, or much of it waits', () => {
    const reactor = makeReactor();
    const pipe = makePipe();
    const done: string[] = [];
    let left = 5;
    writeSync(pipe.writeFd, 'x');
    reactor.watch(pipe.readFd, pollFor.readable, () => {
      done.push('busy');
      reactor.putOff(() => done.push('put off'));
      left -= 1;
      if (left === 0) readSync(pipe.readFd, Buffer.alloc(1));
    });
    reactor.run(() => {
      if (done.includes('put off')) reactor.end();
      return undefined;
    });
    expect(done).toEqual([...new Array(5).fill('busy'), ...new Array(5).fill('put off')]);
    const crowded = makeReactor();
    writeSync(pipe.writeFd, 'x');
    let waiting = 0;
    let isDone = false;
    crowded.watch(pipe.readFd, pollFor.readable, () => {
      waiting += 1;
      crowded.putOff(() => {
        isDone = true;
      });
    });
    crowded.run(() => {
      if (isDone) crowded.end();
      return undefined;
    });
    expect(waiting).toBeLessThan(200);
    closeSync(pipe.readFd);
    closeSync(pipe.writeFd);
  });

  test('settles what was put off when asked, once', () => {
    const reactor = makeReactor();
    let done = 0;
    reactor.putOff(() => {
      done += 1;
    });
    reactor.settle();
    reactor.settle();
    expect(done).toBe(1);
  });

  test('calls who asked for it, at the latest when he said', () => {
    const reactor = makeReactor();
    const at = reactor.now + 30;
    reactor.run(() => {
      if (reactor.now < at) return at;
      reactor.end();
      return undefined;
    });
    expect(reactor.now).toBeGreaterThanOrEqual(at);
  });
});
