import { describe, expect, test } from 'vitest';
import { decideArguments, nameService } from '../../../src/virtuald/decide-arguments.ts';

const bytes = (...words: string[]) => words.map((word) => Buffer.from(word));

describe('decideArguments', () => {
  test('gives a program its own name first', () => {
    const words = bytes('wu.ftpd', '-l', '-a');
    expect(decideArguments(words)).toEqual({ program: words[0], argv: words });
  });

  test.each(['tcpd', '/usr/sbin/tcpd'])('has %s called as the service behind it', (tcpd) => {
    const [program, ...argv] = bytes(tcpd, 'wu.ftpd', '-l', '-a');
    expect(decideArguments([program ?? Buffer.of(), ...argv])).toEqual({ program, argv });
  });

  test('takes only tcpd for tcpd', () => {
    for (const name of ['/usr/sbin/tcpd2', 'xtcpd', 'tcpd/x']) {
      const words = bytes(name, 'x');
      expect(decideArguments(words)).toEqual({ program: words[0], argv: words });
    }
  });

  test('has no answer without a program, or with nothing behind tcpd', () => {
    expect([decideArguments([]), decideArguments(bytes('tcpd'))]).toEqual([undefined, undefined]);
  });
});

describe('nameService', () => {
  test.each([
    [['/usr/sbin/vsftpd', '/etc/vsftpd.conf'], 'vsftpd'],
    [['wu.ftpd'], 'wu.ftpd'],
    [['tcpd', '/usr/sbin/in.qpop', '-s'], 'in.qpop'],
    [['tcpd'], 'tcpd'],
    [['/usr/sbin/'], 'service'],
    [[], 'service'],
  ])('calls %j %s', (words, name) => {
    expect(nameService(bytes(...words))).toBe(name);
  });
});
