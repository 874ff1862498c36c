import {
  atLeastOne,
  booleanKind,
  capabilitiesKind,
  countKind,
  type KeyContext,
  limitsKind,
  listenKind,
  networksKind,
  pathKind,
  programKind,
  refusalKind,
  secondsKind,
  unlimited,
  userKind,
  type ValueKind,
  wholeKind,
} from './key-kinds.ts';
import type { Policy, Service } from './service.ts';

/** All that may be said of a server, of its services, and of one domain of a service. */
export interface Sayable extends Policy, Omit<Service, 'name' | 'policy' | 'domains'> {
  readonly graceMs: number;
  readonly statusSocket: string;
}

/** What was said in a file or by flags; what is not there was not said. */
export type Said = { readonly [F in keyof Sayable]?: Sayable[F] };

/** Where a key may stand: at the top of virtuald.toml, in a service, or in a service and in one domain of it. */
export type KeyScope = 'server' | 'service' | 'policy';

/** One key of virtuald.toml(5), which is a flag of virtuald(8) too. */
export interface PolicyKey {
  /** As TOML has it: `max-per-source`. */
  readonly name: string;
  /** The flag without its dashes, which takes one item where TOML takes a list; undefined where operands say it. */
  readonly flag: string | undefined;
  readonly scope: KeyScope;
  readonly field: keyof Sayable;
  readonly kind: ValueKind<unknown>;
  /** One sentence without a full stop. */
  readonly doc: string;
  /** What holds where it is not said, in words for a page. */
  readonly standard: string;
}

const networks = networksKind('any');
const someNetworks = networksKind(atLeastOne);

// biome-ignore format: a table
/** Every key, in the order of the manual. */
export const policyKeys: readonly PolicyKey[] = [
  key('grace',             'server',  'graceMs',         secondsKind(0, 86_400),     '30',                             'Seconds that running services get to end after TERM'),
  key('status-socket',     'server',  'statusSocket',    pathKind('absolute'),       '/run/virtfs/virtuald.sock',      'Unix socket that answers --status, for root alone'),
  key('listen',            'service', 'listen',          listenKind,                 'sockets that are handed over',   'Where to listen: ADDRESS:PORT, [V6]:PORT, PORT, or a name of services(5)'),
  key('conf',              'service', 'conf',            pathKind('below the root'), 'conf.NAME in the root of trees', 'File of addresses and trees, from the root of trees', undefined),
  key('program',           'service', 'program',         programKind,                'none: it must be said',          'Program, found inside the tree, and its arguments', undefined),
  key('sni',               'service', 'sni',             booleanKind,                'false',                          'Tell domains by the name in a TLS ClientHello, which the service still gets whole'),
  key('proxy-from',        'service', 'proxyFrom',       networks,                   'nobody',                         'Networks that must send a PROXY header, v1 or v2, in front of each connection'),
  key('hello',             'service', 'helloMs',         secondsKind(0.1, 3600),     '10',                             'Seconds a client has for its ClientHello or PROXY header'),
  key('max-total',         'service', 'maxTotal',        unlimited(countKind(1)),    'unlimited',                      'Most connections of all domains at once, waiting ones included'),
  key('user',              'policy',  'user',            userKind,                   'root',                           'Name or number in the passwd of the tree'),
  key('max',               'policy',  'max',             unlimited(countKind(1)),    'unlimited',                      'Most connections of one domain at once'),
  key('max-per-source',    'policy',  'maxPerSource',    unlimited(countKind(1)),    'unlimited',                      'Most connections of one client address (IPv6: of one /64) at once, waiting ones included'),
  key('per-minute',        'policy',  'perMinute',       unlimited(countKind(1)),    'unlimited',                      'Most starts of one domain within any 60 seconds'),
  key('queue',             'policy',  'queue',           countKind(0),               '0',                              'How many connections of one domain may wait for max or per-minute instead of being refused'),
  key('queue-time',        'policy',  'queueMs',         secondsKind(0.1, 86_400),   '30',                             'Seconds one may wait'),
  key('idle',              'policy',  'idleMs',          unlimited(secondsKind(1)),  'unlimited',                      'Seconds without a byte in either direction after which the service is ended'),
  key('total',             'policy',  'totalMs',         unlimited(secondsKind(1)),  'unlimited',                      'Seconds a service may run at all'),
  key('nice',              'policy',  'nice',            wholeKind(-20, 19),         'as virtuald itself',             'Niceness, -20 to 19'),
  key('limits',            'policy',  'limits',          limitsKind,                 'as virtuald itself',             'Limits of setrlimit(2), such as nofile=1024: bytes, seconds or a count, or unlimited', 'limit'),
  key('no-new-privileges', 'policy',  'noNewPrivileges', booleanKind,                'false',                          'No program of the service gains anything by set-id bits'),
  key('capabilities',      'policy',  'capabilities',    capabilitiesKind,           'all that a tree may have',       'The only capabilities(7) it keeps', 'capability'),
  key('allow',             'policy',  'allow',           someNetworks,               'all',                            'Networks whose clients may connect, unless deny has them'),
  key('deny',              'policy',  'deny',            networks,                   'nobody',                         'Networks whose clients may not connect'),
  key('refusal',           'policy',  'refusal',         refusalKind,                'nothing',                        'Text for a client that is refused'),
  key('verbose',           'policy',  'verbose',         booleanKind,                'false',                          'Three more lines in the log for each connection'),
];

/** A flag of virtuald(8) that says what a key of the file says. */
export interface PolicyFlag {
  /** Without its dashes. */
  readonly flag: string;
  /** The word that stands for its value in help; undefined where it takes none. */
  readonly argument: string | undefined;
  /** It may stand more than once, each adding to what the others said. */
  readonly repeats: boolean;
  readonly doc: string;
  /** What holds without it. */
  readonly standard: string;
}

/** What virtuald(8) takes beside its operands, in the order of the manual. */
export const policyFlags: readonly PolicyFlag[] = policyKeys.flatMap(({ flag, kind, doc, standard }) =>
  flag === undefined ? [] : [{ flag, argument: kind.argument, repeats: kind.repeats, doc, standard }],
);

export type { KeyContext };

function key<F extends keyof Sayable>(
  name: string,
  scope: KeyScope,
  field: F,
  kind: ValueKind<Sayable[F]>,
  standard: string,
  doc: string,
  ...flags: readonly [flag?: string | undefined]
): PolicyKey {
  const flag = flags.length === 0 ? name : flags[0];
  return { name, flag, scope, field, kind: kind as ValueKind<unknown>, standard, doc };
}
