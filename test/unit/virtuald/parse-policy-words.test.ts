import { describe, expect, it } from 'vitest';
import { capability } from '../../../src/linux/capabilities.ts';
import { capabilityNames, numberOfCapability } from '../../../src/virtuald/capability-names.ts';
import { completeService } from '../../../src/virtuald/complete-service.ts';
import { parseNetwork } from '../../../src/virtuald/network.ts';
import { parsePolicyFlag, policyFlags } from '../../../src/virtuald/parse-policy-words.ts';
import { parseServiceFile } from '../../../src/virtuald/parse-service-file.ts';
import { policyKeys, type Said } from '../../../src/virtuald/policy-keys.ts';
import { thrownBy } from '../../support/thrown.ts';

const context = { root: '/virtual', findPort: (name: string) => (name === 'ftp' ? 21 : undefined) };

describe('policyFlags', () => {
  it('has a flag for every key but those that operands say', () => {
    const flags = policyFlags.map(({ flag }) => flag);
    expect(new Set(flags).size).toBe(flags.length);
    const missing = policyKeys.filter(({ flag }) => flag === undefined).map(({ name }) => name);
    expect(missing).toEqual(['conf', 'program']);
    expect(flags).toEqual(
      expect.arrayContaining(['max-per-source', 'limit', 'capability', 'no-new-privileges', 'grace']),
    );
  });

  it('tells flags with a value from those without, and those that repeat', () => {
    const kindOf = (name: string) => policyFlags.find(({ flag }) => flag === name);
    expect(kindOf('sni')).toMatchObject({ argument: undefined, repeats: false });
    expect(kindOf('max')).toMatchObject({ argument: 'N', repeats: false });
    expect(kindOf('limit')).toMatchObject({ argument: 'NAME=N', repeats: true });
    expect(kindOf('listen')).toMatchObject({ argument: 'ADDRESS', repeats: true });
  });

  it('says of each what it is, in one sentence', () => {
    for (const { doc, standard } of policyFlags) {
      expect(doc).toMatch(/^[A-Z].*[^.]$/u);
      expect(standard).not.toBe('');
    }
  });
});

describe('parsePolicyFlag', () => {
  it('comes to what the file comes to', () => {
    const said = given([
      ['listen', 'ftp'],
      ['listen', '[::1]:2121'],
      ['sni', true],
      ['proxy-from', '10.0.0.0/8'],
      ['hello', '0.5'],
      ['max-total', '9'],
      ['user', 'bob'],
      ['max', '200'],
      ['per-minute', '60'],
      ['per-minute', 'unlimited'],
      ['queue', '3'],
      ['queue-time', '1.5'],
      ['nice', '-5'],
      ['limit', 'nofile=1024'],
      ['limit', 'core=unlimited'],
      ['no-new-privileges', true],
      ['capability', 'chown'],
      ['capability', 'kill'],
      ['allow', '192.0.2.0/24'],
      ['allow', '::1'],
      ['deny', '192.0.2.9'],
      ['refusal', String.raw`421 \\ busy\r\n`],
      ['verbose', true],
    ]);
    const base = { name: 'ftp', program: ['/usr/sbin/vsftpd', '-x'], root: '/virtual' } as const;
    const file = {
      listen: ['ftp', '[::1]:2121'],
      sni: true,
      'proxy-from': ['10.0.0.0/8'],
      hello: 0.5,
      'max-total': 9,
      user: 'bob',
      max: 200,
      queue: 3,
      'queue-time': 1.5,
      nice: -5,
      limits: { nofile: 1024, core: 'unlimited' },
      'no-new-privileges': true,
      capabilities: ['chown', 'kill'],
      allow: ['192.0.2.0/24', '::1'],
      deny: ['192.0.2.9'],
      refusal: '421 \\ busy\r\n',
      verbose: true,
      program: base.program,
    };
    const { services } = parseServiceFile({ service: { ftp: file } }, { ...context, file: 'f' });
    expect(completeService(base, said)).toEqual(services[0]);
  });

  it('leaves the draft it is given as it is', () => {
    const draft: Said = { allow: [parseNetwork('::1')] };
    parsePolicyFlag(draft, { flag: 'allow', value: '::2' }, context);
    expect(draft.allow).toHaveLength(1);
  });

  it('takes none for no capability at all', () => {
    expect(given([['capability', 'none']]).capabilities).toEqual([]);
  });

  it.each([
    ['max', '0'],
    ['max', ''],
    ['max', '1e3'],
    ['max', '0x10'],
    ['max', ' 1'],
    ['max', '1000001'],
    ['queue', '-1'],
    ['queue', 'unlimited'],
    ['hello', 'unlimited'],
    ['hello', '10s'],
    ['nice', '-21'],
    ['limit', 'nofile'],
    ['limit', 'nofile='],
    ['limit', 'nofile=1=2'],
    ['limit', 'nofile=unlimited'],
    ['limit', 'files=3'],
    ['limit', 'core=-1'],
    ['limit', 'core=1.5'],
    ['capability', 'sys_admin'],
    ['capability', '21'],
    ['allow', 'x'],
    ['listen', 'x'],
    ['user', ''],
    ['user', '../x'],
    ['refusal', '\\x'],
    ['refusal', 'x\\'],
    ['refusal', 'x'.repeat(1025)],
    ['status-socket', 'x'],
  ])('refuses --%s %j', (flag, value) => {
    const error = thrownBy(() => given([[flag, value]]));
    expect(error.code).toBe('BAD_USAGE');
    expect(error.what).toContain(`--${flag}`);
  });

  it('refuses a limit that is said twice, and none behind other capabilities', () => {
    expect(
      thrownBy(() =>
        given([
          ['limit', 'core=1'],
          ['limit', 'core=2'],
        ]),
      ).why,
    ).toBe('it says core twice');
    expect(
      thrownBy(() =>
        given([
          ['capability', 'kill'],
          ['capability', 'none'],
        ]),
      ).code,
    ).toBe('BAD_USAGE');
  });

  it('escapes what it shows', () => {
    expect(thrownBy(() => given([['max', '\u001b[2J']])).what).toBe('cannot use --max \\x1b[2J');
  });
});

describe('capabilityNames', () => {
  it('are those that a tree may have, by the names of the kernel', () => {
    const plain = (name: string) => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
    const kept = Object.entries(capability).map(([name, number]) => [plain(name), number]);
    expect(capabilityNames.map((name) => [name, numberOfCapability(name)])).toEqual(kept);
  });
});

describe('the limits', () => {
  it('have the numbers that the kernel lists them by', () => {
    const order = [
      'cpu',
      'fsize',
      'data',
      'stack',
      'core',
      'rss',
      'nproc',
      'nofile',
      'memlock',
      'as',
      'locks',
      'sigpending',
      'msgqueue',
      'nice',
      'rtprio',
      'rttime',
    ];
    const said = given(order.map((name) => ['limit', `${name}=1`] as const));
    expect(said.limits?.map(({ resource }) => resource)).toEqual(order.map((_, index) => index));
  });
});

function given(flags: readonly (readonly [flag: string, value: string | true])[]): Said {
  return flags.reduce<Said>((draft, [flag, value]) => parsePolicyFlag(draft, { flag, value }, context), {});
}
