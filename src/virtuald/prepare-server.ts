import { openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { HandOver } from '../engine/list-service-calls.ts';
import { openTreesRoot } from '../engine/open-root.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readCallerOpenFiles } from '../host/read-caller-open-files.ts';
import { denyTracing } from '../linux/deny-tracing.ts';
import { closeDescriptorsOnExec } from '../linux/exec-program.ts';
import { duplicateDescriptor, replaceDescriptor } from '../linux/replace-descriptor.ts';
import type { AcceptorStart } from './acceptor-messages.ts';
import { keepForServices } from './decide-environment.ts';
import type { ServeRequest } from './serve-request.ts';
import type { HandedOver } from './socket-keeper.ts';

export interface Prepared {
  readonly start: Omit<AcceptorStart, 'wakeFd'>;
  readonly handedOver: readonly HandedOver[];
}

/** Makes of this process one that can serve: what it got from its caller that services must not have is put away. */
export function prepareServer(request: ServeRequest, ident: string): Prepared {
  if (process.geteuid?.() !== 0) throw needsRoot();
  denyTracing();
  // Services have it from us.
  process.umask(0o022);
  process.chdir('/');
  const handedOver = takeHandedOver(request);
  const nullFd = openSync('/dev/null', 'r+');
  if (request.handedOver === 'inetd') for (const fd of [0, 1, 2]) replaceDescriptor(nullFd, fd);
  closeDescriptorsOnExec();
  const roots = new Map(
    request.roots.map((path) => [path, duplicateDescriptor(openTreesRoot(path, { make: false }).fd)]),
  );
  const [first, second] = [openHandOver(), openHandOver()];
  const start: Prepared['start'] = {
    roots,
    ident,
    ownSignals: listOwnSignals(),
    openFiles: limitForServices(),
    handOver: { ...first, foreign: second.connection },
    secondHandOver: { ...second, foreign: first.connection },
    nullFd,
    env: keepForServices(request.env),
  };
  return { start, handedOver };
}

function openHandOver(): HandOver {
  return { connection: openSync('/dev/null', 'r'), error: openSync('/dev/null', 'r') };
}

function takeHandedOver({ handedOver, env }: ServeRequest): readonly HandedOver[] {
  if (handedOver === 'inetd') return [{ name: undefined, fd: duplicateDescriptor(0) }];
  if (handedOver !== 'systemd') return [];
  const names = (env.LISTEN_FDNAMES ?? '').split(':');
  const isNamed = env.LISTEN_FDNAMES !== undefined;
  return Array.from({ length: Number(env.LISTEN_FDS) }, (_, index) => ({
    name: isNamed ? names[index] : undefined,
    fd: 3 + index,
  }));
}

/**
 * What programs expect who never heard of more: select(2) and loops over all descriptors. Ours, which Node raises, is for
 * the connections of all.
 */
function limitForServices(): AcceptorStart['openFiles'] {
  const usual = 1024n;
  const { soft, hard } = readCallerOpenFiles() ?? { soft: usual, hard: usual };
  return { soft: soft < usual ? soft : usual, hard };
}

/** Those we ignore or catch by now, and those by which we are told to read again or to end. */
function listOwnSignals(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  const masks = [...status.matchAll(/^Sig(?:Ign|Cgt):\s*(?<mask>[0-9a-f]+)/gmu)];
  const mask = masks.reduce((all, { groups }) => all | BigInt(`0x${groups?.mask ?? '0'}`), 0n);
  const { SIGHUP, SIGINT, SIGTERM } = constants.signals;
  const numbers = Array.from({ length: 64 }, (_, index) => index + 1);
  return numbers.filter(
    (number) => [SIGHUP, SIGINT, SIGTERM].includes(number) || (mask & (1n << BigInt(number - 1))) !== 0n,
  );
}

function needsRoot(): VirtfsError {
  return new VirtfsError('NEEDS_ROOT', {
    what: 'cannot serve',
    why: 'only root may enter trees',
    mend: 'call it as root, or let systemd: systemctl start virtuald',
  });
}
