import { describe, expect, test } from 'vitest';
import { parseCall } from '../../../../src/cli/virtuald/parse-call.ts';
import { policyFlags } from '../../../../src/virtuald/policy-keys.ts';
import { thrownBy } from '../../../support/thrown.ts';

const own = { root: undefined, name: undefined, verbose: false };
const parse = (...words: string[]) => parseCall(words, policyFlags);

describe('parseCall of virtuald', () => {
  test('reads the line of an inetd.conf', () => {
    const expected = { type: 'service', conf: '/virtual/conf.ftp', programAt: 1, own, policy: [] };
    expect(parse('/virtual/conf.ftp', 'wu.ftpd', '-l', '-a')).toEqual(expected);
    // Without any option the flags need not be known.
    expect(parseCall(['/virtual/conf.ftp', 'wu.ftpd', '--listen'], [])).toEqual(expected);
  });

  test('leaves every word from CONF on to the service', () => {
    expect(parse('conf', 'prog', '--help', '--status', '-v', '--')).toMatchObject({
      policy: [],
      programAt: 1,
    });
  });

  test('reads options in front of CONF, of which the policy may have some twice', () => {
    const words = [
      '-v',
      '--name',
      'ftp',
      '--max=5',
      '--allow',
      '10.0.0.0/8',
      '--allow',
      '::1',
      '--nice',
      '-5',
    ];
    expect(parse(...words, '--root=/srv', '--', '-conf', 'prog')).toEqual({
      type: 'service',
      conf: '-conf',
      programAt: words.length + 3,
      own: { root: '/srv', name: 'ftp', verbose: true },
      policy: [
        ['verbose', undefined],
        ['max', '5'],
        ['allow', '10.0.0.0/8'],
        ['allow', '::1'],
        ['nice', '-5'],
      ],
    });
  });

  test.each([
    [['--config'], undefined],
    [['--config', '-v'], undefined],
    [['--config', '/etc/x.toml'], '/etc/x.toml'],
    [['--config=/etc/x.toml'], '/etc/x.toml'],
  ])('takes the file of %j or does without', (words, config) => {
    expect(parse(...words)).toMatchObject({ type: 'config', config });
  });

  test.each([
    [['--status'], { form: 'text', socket: undefined }],
    [['--status', '--json'], { form: 'json' }],
    [['--metrics', '--status', '--status-socket', '/run/x'], { form: 'metrics', socket: '/run/x' }],
  ])('reads the form of %j', (words, expected) => {
    expect(parse(...words)).toMatchObject({ type: 'status', ...expected });
  });

  test('reads what is to be checked', () => {
    expect(parse('--check')).toMatchObject({ type: 'check', config: undefined, conf: undefined });
    expect(parse('--check', '--config', 'x.toml')).toMatchObject({ type: 'check', config: 'x.toml' });
    expect(parse('--check', 'conf.ftp', 'vsftpd')).toMatchObject({ type: 'check', conf: 'conf.ftp' });
  });

  test.each([
    [[], 'help'],
    [['--help'], 'help'],
    [['-h', '--version'], 'help'],
    [['-V'], 'version'],
    [['--version', 'conf', 'prog'], 'version'],
  ])('answers %j by %s', (words, type) => {
    expect(parse(...words)).toEqual({ type });
  });

  test.each([
    [['conf'], 'it needs the PROGRAM to run behind CONF'],
    [['-v'], 'it needs CONF and PROGRAM'],
    [['--mox', '3', 'conf', 'prog'], "it has no option '--mox'"],
    [['-x', 'conf', 'prog'], "it has no option '-x'"],
    [['--conf', 'x', 'conf', 'prog'], "it has no option '--conf'"],
    [['--max', 'conf'], 'it needs CONF and PROGRAM'],
    [['--max'], '--max needs a value'],
    [['--user', '--verbose', 'conf', 'prog'], '--user needs a value'],
    [['--sni=yes', 'conf', 'prog'], '--sni takes no value'],
    [['--status=x'], '--status takes no value'],
    [['--config='], '--config needs a file behind its ='],
    [['--config', '--status'], '--status and --config do not go together'],
    [['--check', '--status'], '--status and --check do not go together'],
    [['--config', 'x.toml', 'conf', 'prog'], '--config takes no CONF and PROGRAM'],
    [['--config', '--max', '3'], '--config does not take --max'],
    [['--status', '--max', '3'], '--status does not take --max'],
    [['--json', 'conf', 'prog'], '--json goes with --status'],
    [['--status', '--json', '--metrics'], '--json and --metrics do not go together'],
  ])('refuses %j', (words, why) => {
    expect(thrownBy(() => parse(...words))).toMatchObject({ code: 'BAD_USAGE', why });
  });

  test('escapes a word it shows', () => {
    expect(thrownBy(() => parse('--\u001b[2J', 'conf', 'prog'))).toMatchObject({
      why: String.raw`it has no option '--\x1b[2J'`,
    });
  });
});
