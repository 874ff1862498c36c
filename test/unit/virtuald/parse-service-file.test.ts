import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { capabilityNames } from '../../../src/virtuald/capability-names.ts';
import { parseNetwork } from '../../../src/virtuald/network.ts';
import { parseServiceFile, type ServerSettings } from '../../../src/virtuald/parse-service-file.ts';
import { policyKeys } from '../../../src/virtuald/policy-keys.ts';
import { thrownBy } from '../../support/thrown.ts';

const context = {
  file: '/etc/virtfs/virtuald.toml',
  root: '/virtual',
  findPort: (name: string) => (name === 'ftp' ? 21 : undefined),
};

const whole = `
grace = 12.5
status-socket = "/run/x.sock"
[service.ftp]
listen = ["ftp", "192.0.2.1:2121", "[::1]:21", 990]
conf = "conf.all"
program = ["/usr/sbin/vsftpd", "/etc/vsftpd.conf"]
sni = true
proxy-from = ["192.0.2.7", "10.0.0.0/8"]
hello = 0.5
user = "bob"
max = 200
max-total = 1000
max-per-source = 3
per-minute = 60
queue = 5
queue-time = 2
idle = 300
total = 3600
nice = -5
limits = { nofile = 1024, core = 0, as = "unlimited" }
no-new-privileges = true
capabilities = ["net_bind_service", "CAP_CHOWN"]
allow = ["192.0.2.0/24"]
deny = ["192.0.2.9"]
refusal = "421 busy\\r\\n"
verbose = true
[service.ftp.domain."Foo.example"]
max = 20
per-minute = "unlimited"
user = "root"
limits = { }
capabilities = []
[service.pop]
program = ["popa3d"]
`;

describe('parseServiceFile', () => {
  it('reads every key', () => {
    const { services, graceMs, statusSocket } = read(whole);
    expect({ graceMs, statusSocket }).toEqual({ graceMs: 12_500, statusSocket: '/run/x.sock' });
    expect(services.map(({ name }) => name)).toEqual(['ftp', 'pop']);
    expect(services[0]).toEqual({
      name: 'ftp',
      listen: [
        { address: undefined, port: 21 },
        { address: '192.0.2.1', port: 2121 },
        { address: '::1', port: 21 },
        { address: undefined, port: 990 },
      ],
      conf: '/virtual/conf.all',
      program: ['/usr/sbin/vsftpd', '/etc/vsftpd.conf'],
      sni: true,
      proxyFrom: [parseNetwork('192.0.2.7'), parseNetwork('10.0.0.0/8')],
      helloMs: 500,
      maxTotal: 1000,
      policy: ftpPolicy,
      domains: new Map([
        [
          'foo.example',
          { ...ftpPolicy, max: 20, perMinute: undefined, user: undefined, limits: [], capabilities: [] },
        ],
      ]),
    });
  });

  it('reads the table of every key, so that none is forgotten', () => {
    const said = [...whole.matchAll(/^([a-z-]+) =/gmu)].map(([, key]) => key);
    expect(new Set(said)).toEqual(new Set(policyKeys.map(({ name }) => name)));
  });

  it('knows what holds where nothing is said', () => {
    const settings = read('[service.pop]\nprogram = ["popa3d"]\n');
    expect(settings).toEqual({
      graceMs: 30_000,
      statusSocket: '/run/virtfs/virtuald.sock',
      services: [
        {
          name: 'pop',
          listen: [],
          conf: '/virtual/conf.pop',
          program: ['popa3d'],
          sni: false,
          proxyFrom: [],
          helloMs: 10_000,
          maxTotal: undefined,
          policy: standardPolicy,
          domains: new Map(),
        },
      ],
    });
  });

  it('holds what the manual says that holds', () => {
    const { services, ...top } = read('[service.pop]\nprogram = ["popa3d"]\n');
    const values: Readonly<Record<string, unknown>> = { ...top, ...services[0], ...services[0]?.policy };
    const inWords = new Set([
      'listen',
      'conf',
      'program',
      'proxy-from',
      'nice',
      'limits',
      'capabilities',
      'allow',
      'deny',
      'refusal',
      'no-new-privileges',
      'sni',
      'verbose',
    ]);
    for (const { name, field, kind, standard } of policyKeys.filter((key) => !inWords.has(key.name)))
      expect([name, kind.fromWord(standard, undefined, context)]).toEqual([name, { value: values[field] }]);
  });

  it('says all that is wrong at once, each with its key', () => {
    const { code, what, why } = thrownBy(() =>
      read(`
gracee = 1
max = 3
[service.ftp]
program = ["x"]
grace = 1
max = 0
max-per-source = "many"
quene = 1
idle = 0.5
nice = 20
listen = ["nothing", "21"]
allow = []
deny = ["10.0.0.0/8", "10.0.0.1/8", 7]
limits = { nofile = "unlimited", open = 3, core = -1 }
capabilities = ["chown", "sys_admin"]
user = "a:b"
sni = 1
[service.ftp.domain."one"]
max = 1
[service.ftp.domain."one.example"]
listen = ["21"]
[service.web]
listen = ["*:21"]
`),
    );
    expect(code).toBe('BAD_CONFIG');
    expect(what).toContain('/etc/virtfs/virtuald.toml');
    const capabilities = capabilityNames.join(', ');
    const limits =
      'as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack';
    expect(why.split('\n')).toEqual([
      'it has 21 mistakes:',
      'gracee is no key, perhaps grace is meant',
      'max is of a service or one domain',
      'service.ftp.grace stands at the top of the file, before the first table',
      'service.ftp.max must be a whole number from 1 to 1000000, or unlimited',
      'service.ftp.max-per-source must be a whole number from 1 to 1000000, or unlimited',
      'service.ftp.quene is no key, perhaps queue is meant',
      'service.ftp.idle must be a number of seconds from 1 to 2000000, or unlimited',
      'service.ftp.nice must be a whole number from -20 to 19',
      expect.stringMatching(/^service\.ftp\.listen\.0 is wrong: 'nothing' is nothing to listen on: /u),
      'service.ftp.allow must name at least one network: leave it out to let all in',
      expect.stringMatching(/^service\.ftp\.deny\.1 is wrong: .*10\.0\.0\.0\/8/u),
      'service.ftp.deny.2 must be text',
      'service.ftp.limits.nofile must be a whole number',
      `service.ftp.limits.open is no limit: there are ${limits}`,
      'service.ftp.limits.core must be a whole number, or "unlimited"',
      `service.ftp.capabilities.1 must be one that a tree may have: ${capabilities}`,
      'service.ftp.user must be the name or number of a user',
      'service.ftp.sni must be true or false',
      expect.stringMatching(/^service\.ftp\.domain\.one is no domain name: /u),
      'service.ftp.domain."one.example".listen is of a service, not of one domain or of all',
      'service.web has no program',
    ]);
  });

  it.each([
    ['', 'there is no service: a table [service.NAME] says one'],
    ['service = 1', 'service must be a table'],
    ['[service]\nftp = 1', 'service.ftp must be a table'],
    ['[service."a b"]\nprogram = ["x"]', 'service."a b": a service is named with'],
    ['[service."a.b"]\nprogram = ["x"]', 'service."a.b": a service is named with'],
    ['[service."a:b"]\nprogram = ["x"]', 'service."a:b": a service is named with'],
    ['[service.a]\nprogram = []', 'service.a.program must be a list of texts'],
    ['[service.a]\nprogram = "x"', 'service.a.program must be a list of texts'],
    ['[service.a]\nprogram = ["x", 1]', 'service.a.program.1 must be text without NUL'],
    ['[service.a]\nprogram = ["x", "\\u0000"]', 'service.a.program.1 must be text without NUL'],
    ['[service.a]\nprogram = ["x"]\nlisten = ["21", "21"]', '*:21 is where a twice would listen'],
    ['[service.a]\nprogram = ["x"]\nlisten = "21"', 'service.a.listen must be a list'],
    ['[service.a]\nprogram = ["x"]\nrefusal = 1', 'service.a.refusal must be text'],
    [
      '[service.a]\nprogram = ["x"]\nhello = 0',
      'service.a.hello must be a number of seconds from 0.1 to 3600',
    ],
    ['[service.a]\nprogram = ["x"]\nhello = nan', 'service.a.hello must be a number of seconds'],
    ['[service.a]\nprogram = ["x"]\ntotal = inf', 'service.a.total must be a number of seconds'],
    ['[service.a]\nprogram = ["x"]\nmax = 1.5', 'service.a.max must be a whole number'],
    ['[service.a]\nprogram = ["x"]\nlimits = [1]', 'service.a.limits must be a table'],
    ['[service.a]\nprogram = ["x"]\nconf = ""', 'service.a.conf must be a path'],
    ['[service.a]\nprogram = ["x"]\nconf = "a\\u0000"', 'service.a.conf must be a path'],
    ['[service.a]\nprogram = ["x"]\nuser = 4294967295', 'service.a.user must be'],
    [
      '[service.a]\nprogram = ["x"]\n[service.a.domain.one.example]\nmax = 1',
      'service.a.domain.one: a name with dots stands in quotes',
    ],
    [
      '[service.a]\nprogram = ["x"]\n[service.a.domain."one.example"]\n[service.a.domain."One.example"]',
      'service.a.domain."One.example" is there twice',
    ],
    ['status-socket = "run/x"', 'status-socket must be an absolute path'],
    [`status-socket = "/${'x'.repeat(107)}"`, 'status-socket must be a path of at most 107 bytes'],
    ['constructor = 1', 'constructor is no key'],
    ['"a\\u001b" = 1', '"a\\x1b" is no key'],
  ])('refuses %j', (text, why) => {
    expect(thrownBy(() => read(text)).why).toContain(why);
  });

  it('names both services that would listen in one place', () => {
    const text =
      '[service.a]\nprogram = ["x"]\nlisten = [21]\n[service.b]\nprogram = ["x"]\nlisten = ["ftp"]';
    expect(thrownBy(() => read(text)).why).toBe('*:21 is where both a and b would listen');
    expect(read(text.replace('ftp', '192.0.2.1:ftp')).services).toHaveLength(2);
  });

  it('takes a number for a user, and root for no other user', () => {
    const userOf = (user: string) =>
      read(`[service.a]\nprogram = ["x"]\nuser = ${user}`).services[0]?.policy.user;
    expect(['1000', '"1000"', '"ftp"', '"root"', '0'].map(userOf)).toEqual([
      '1000',
      '1000',
      'ftp',
      undefined,
      undefined,
    ]);
  });

  it('takes files from the root of trees, and absolute ones', () => {
    const confOf = (conf: string) => read(`[service.a]\nprogram = ["x"]\nconf = "${conf}"`).services[0]?.conf;
    expect([confOf('conf.x'), confOf('/etc/conf.x')]).toEqual(['/virtual/conf.x', '/etc/conf.x']);
  });
});

const standardPolicy = {
  user: undefined,
  max: undefined,
  maxPerSource: undefined,
  perMinute: undefined,
  queue: 0,
  queueMs: 30_000,
  idleMs: undefined,
  totalMs: undefined,
  nice: undefined,
  limits: [],
  noNewPrivileges: false,
  capabilities: undefined,
  allow: undefined,
  deny: [],
  refusal: new Uint8Array(),
  verbose: false,
};

const ftpPolicy = {
  user: 'bob',
  max: 200,
  maxPerSource: 3,
  perMinute: 60,
  queue: 5,
  queueMs: 2000,
  idleMs: 300_000,
  totalMs: 3_600_000,
  nice: -5,
  limits: [
    { resource: 7, value: 1024 },
    { resource: 4, value: 0 },
    { resource: 9, value: undefined },
  ],
  noNewPrivileges: true,
  capabilities: [10, 0],
  allow: [parseNetwork('192.0.2.0/24')],
  deny: [parseNetwork('192.0.2.9')],
  refusal: new TextEncoder().encode('421 busy\r\n'),
  verbose: true,
};

function read(text: string): ServerSettings {
  return parseServiceFile(parse(text), context);
}
