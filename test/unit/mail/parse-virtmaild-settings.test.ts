import { describe, expect, test } from 'vitest';
import { parseVirtmaildSettings } from '../../../src/mail/parse-virtmaild-settings.ts';
import { thrownBy } from '../../support/thrown.ts';

const file = '/etc/virtfs/virtmaild.toml';

describe('parseVirtmaildSettings', () => {
  test('puts what is built in where nothing is said', () => {
    expect(parseVirtmaildSettings({}, { file })).toEqual({
      listen: [{ type: 'unix', path: '/run/virtfs/lmtp.sock' }],
      allowRemote: false,
      socketGroup: undefined,
      trustedUsers: [],
      maxSize: 104_857_600,
      maxRecipients: 100,
      maxSessions: 100,
      idleSeconds: 300,
      totalSeconds: 3600,
      sendmail: '/usr/sbin/sendmail',
      forwardUser: 'nobody',
    });
  });

  test('takes the words of a command line in place of listen', () => {
    const { listen } = parseVirtmaildSettings({ listen: ['127.0.0.1:25'] }, { file, listen: ['[::1]:24'] });
    expect(listen).toEqual([{ type: 'ip', address: '::1', port: 24 }]);
  });

  test('lists all mistakes at once', () => {
    const value = {
      lisen: 1,
      listen: ['nowhere', '192.0.2.1:24'],
      'max-size': 5,
      'max-recipients': 1.5,
      idle: '5',
      sendmail: 'sendmail',
      'trusted-users': ['a:b'],
    };
    const { code, why } = thrownBy(() => parseVirtmaildSettings(value, { file }));
    expect(code).toBe('BAD_CONFIG');
    for (const key of [
      "'lisen' is no setting, perhaps listen",
      "'nowhere' is nothing virtmaild could listen on",
      'other machines can reach 192.0.2.1:24',
      'max-size must',
      'max-recipients must',
      'idle must',
      'sendmail must',
      'trusted-users.0 must',
    ])
      expect(why).toContain(key);
  });

  test('refuses an address others can reach, unless allow-remote says so', () => {
    const listen = ['0.0.0.0:24'];
    expect(thrownBy(() => parseVirtmaildSettings({ listen }, { file })).code).toBe('BAD_CONFIG');
    expect(thrownBy(() => parseVirtmaildSettings({}, { file, listen })).code).toBe('BAD_ADDRESS');
    expect(parseVirtmaildSettings({ listen, 'allow-remote': true }, { file }).listen).toHaveLength(1);
    expect(parseVirtmaildSettings({ 'allow-remote': true }, { file, listen }).listen).toHaveLength(1);
  });

  test.each([[7], ['x']])('refuses %j for a table', (value) => {
    expect(thrownBy(() => parseVirtmaildSettings(value, { file })).code).toBe('BAD_CONFIG');
  });
});
