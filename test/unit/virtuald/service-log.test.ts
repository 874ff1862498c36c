import { describe, expect, it } from 'vitest';
import type { Syslog } from '../../../src/linux/syslog.ts';
import { ServiceLog } from '../../../src/virtuald/service-log.ts';

function makeLog(isHeard = true) {
  const lines: string[] = [];
  const syslog: Syslog = {
    send: (severity, text) => {
      lines.push(`${severity} ${text}`);
      return isHeard;
    },
    isHeard: () => isHeard,
    [Symbol.dispose]: () => {},
  };
  return { lines, log: new ServiceLog(syslog) };
}

describe('ServiceLog', () => {
  it('tells the first of a kind in each second, and then how many more there were', () => {
    const { lines, log } = makeLog();
    for (let count = 0; count < 100; count++) log.sayOften('ftp denied', 'notice', `refused ${count}`, 5500);
    log.sayOften('ftp failed', 'err', 'another kind', 5500);
    expect(lines).toHaveLength(21);
    expect(lines.at(19)).toBe('notice refused 19');
    log.sayOften('ftp denied', 'notice', 'later', 6000);
    expect(lines.slice(21)).toEqual([
      'warning ftp denied: 80 more such lines in that second',
      'notice later',
    ]);
  });

  it('does not speak of more lines where all were told', () => {
    const { lines, log } = makeLog();
    for (let count = 0; count < 20; count++) log.sayOften('x', 'err', 'same', 0);
    log.sayOften('x', 'err', 'same', 1000);
    expect(lines).toEqual(new Array(21).fill('err same'));
  });

  it('tells every other line, and makes no line where nobody listens', () => {
    const { lines, log } = makeLog();
    for (let count = 0; count < 50; count++) log.say('info', 'ended');
    log.sayIfHeard('info', () => 'made');
    expect(lines).toHaveLength(51);
    const deaf = makeLog(false);
    deaf.log.sayIfHeard('info', () => {
      throw new Error('made for nobody');
    });
    expect(deaf.lines).toEqual([]);
  });
});
