import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/domain/ip-address.ts';
import { decideEnvironment, keepForServices } from '../../../src/virtuald/decide-environment.ts';
import { thrownBy } from '../../support/thrown.ts';

const connection = {
  local: { address: parseIpAddress('192.0.2.1'), port: 21 },
  peer: { address: parseIpAddress('2001:db8::7'), port: 40_000 },
};
const question = {
  connection,
  domain: 'one.example',
  account: { name: 'bob', home: '/home/b/bob' },
  caller: {},
};

describe('decideEnvironment', () => {
  it('says who, where and whose connection', () => {
    expect(decideEnvironment(question).env.toSorted()).toEqual([
      'HOME=/home/b/bob',
      'LOGNAME=bob',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'PROTO=TCP',
      'REMOTE_HOST=2001:db8::7',
      'TCPLOCALIP=192.0.2.1',
      'TCPLOCALPORT=21',
      'TCPREMOTEIP=2001:db8::7',
      'TCPREMOTEPORT=40000',
      'USER=bob',
      'VIRTFS_DOMAIN=one.example',
    ]);
  });

  it('hands on nothing else of the caller', () => {
    const caller = {
      HOME: '/root',
      LD_PRELOAD: '/x',
      SSH_AUTH_SOCK: '/y',
      USER: 'root',
      inetd_dummy: 'x',
      LISTEN_FDS: '1',
    };
    expect(decideEnvironment({ ...question, caller })).toEqual(decideEnvironment(question));
  });

  it('takes language and time zone, but no file', () => {
    const caller = { LANG: 'de_DE.UTF-8', TZ: 'Europe/Berlin' };
    const { env } = decideEnvironment({ ...question, caller });
    expect(env).toEqual(expect.arrayContaining(['LANG=de_DE.UTF-8', 'TZ=Europe/Berlin']));
    for (const [name, value] of [
      ['LANG', '/tmp/x'],
      ['LANG', '../x'],
      ['TZ', '/etc/x'],
      ['TZ', ':/x'],
      ['TZ', 'a/../../x'],
      ['TZ', 'a\nb'],
    ] as const)
      expect(keepForServices({ [name]: value })).toEqual({});
    expect(keepForServices({ ...caller, PATH: '/x', TCPREMOTEIP: '::1' })).toEqual(caller);
  });

  it('takes the PATH of the caller, without folders that depend on where one stands', () => {
    const withPath = (PATH: string) => decideEnvironment({ ...question, caller: { PATH } });
    expect(withPath('/opt/bin:/bin').path).toBe('/opt/bin:/bin');
    expect(withPath('/opt/bin:/bin').env).toContain('PATH=/opt/bin:/bin');
    expect(withPath('.:/bin::bin').path).toBe('/bin');
    expect(withPath('.').path).toBe(decideEnvironment(question).path);
    expect(withPath('').path).toBe(decideEnvironment(question).path);
  });

  it('takes what the caller found out about this very client', () => {
    const found = { TCPREMOTEHOST: 'client.example', TCPREMOTEINFO: 'bob', TCPLOCALHOST: 'one.example' };
    const caller = {
      ...found,
      TCPREMOTEIP: '2001:DB8:0::7',
      TCPREMOTEPORT: '40000',
      PROTO: 'UDP',
      TCPLOCALPORT: '9',
    };
    const { env } = decideEnvironment({ ...question, caller });
    expect(env).toEqual(expect.arrayContaining(Object.entries(found).map((each) => each.join('='))));
    expect(env).toEqual(expect.arrayContaining(['PROTO=TCP', 'TCPLOCALPORT=21', 'TCPREMOTEIP=2001:db8::7']));
    const names = env.map((each) => each.split('=')[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    { TCPREMOTEIP: '192.0.2.9', TCPREMOTEPORT: '40000' },
    { TCPREMOTEIP: '2001:db8::7', TCPREMOTEPORT: '40001' },
    { TCPREMOTEIP: 'nonsense', TCPREMOTEPORT: '40000' },
    {},
  ])('takes nothing that is about another client: %j', (others) => {
    const caller = { TCPREMOTEHOST: 'x.example', ...others };
    expect(decideEnvironment({ ...question, caller })).toEqual(decideEnvironment(question));
  });

  it('takes no findings that could do harm in a log', () => {
    const own = { TCPREMOTEIP: '2001:db8::7', TCPREMOTEPORT: '40000' };
    const caller = {
      ...own,
      TCPREMOTEINFO: 'a\u001b[2J',
      TCPREMOTEHOST: 'x'.repeat(256),
      TCPx: 'y',
      TCP_A: 'z',
    };
    const { env } = decideEnvironment({ ...question, caller });
    expect(env.toSorted()).toEqual(decideEnvironment(question).env.toSorted());
  });

  it('refuses a NUL', () => {
    const account = { name: 'bob', home: '/home\0/x' };
    expect(thrownBy(() => decideEnvironment({ ...question, account })).code).toBe('BAD_USER_FIELD');
  });
});
