import type { TreeAccount } from '../../engine/find-account.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { TerminalPair } from '../../linux/terminal-pair.ts';
import type { FileIdentity } from './attempt.ts';
import type { SharedFiles } from './find-shared.ts';
import { RemoteEnded, RemoteProcess } from './remote-process.ts';

/** What stays the same for all attempts at one tree. */
export interface Place {
  readonly domain: string;
  /** A file of the host that everyone may read and no tree has. */
  readonly canary: FileIdentity & { readonly path: string; readonly fd: number };
  readonly root: {
    readonly path: string;
    /** The tree, by the host's path. */
    readonly tree: string;
    readonly ino: bigint;
    readonly handle: Uint8Array | undefined;
    /** The number of a disk of the host. */
    readonly disk: number;
  };
  /** A folder of the tree that its users may write. */
  readonly folder: string;
  /** A name in there that nothing has. */
  readonly spot: string;
  /** Random, for names that nobody else uses. */
  readonly mark: string;
  /** The same, for System V. */
  readonly key: number;
  /** Somebody listens there, at 127.0.0.1. */
  readonly port: number | undefined;
  readonly shared: SharedFiles;
  /** The call server, a program in memory. */
  readonly program: number;
  /** The command line that enters a tree and becomes the call server there. */
  readonly enter: (domain: string, user: string | undefined) => readonly string[];
  /** Another domain of the same root. */
  readonly other: string | undefined;
}

/** What an attempt has at hand: where it is made, and who is outside. */
export interface Scene extends Omit<Place, 'program' | 'enter' | 'other'> {
  /** The process in the tree that makes the attempt. */
  readonly probe: RemoteProcess;
  /** The terminal it was started from, its standard error. */
  readonly terminal: TerminalPair | undefined;
  /** A process of the host that is of the same user and of no use. */
  readonly victim: () => Promise<RemoteProcess>;
  /** A process of root in another tree. */
  readonly neighbour: () => Promise<RemoteProcess | undefined>;
  /** A process of a user of the host who is nobody special. */
  readonly stranger: RemoteProcess;
}

/** Overflow ids (user_namespaces(7)): they own nothing. */
const nobody = 65_534;

/** A scene for one user of the tree, `undefined` root. Throws ISOLATION_FAILED when the tree cannot be entered. */
export async function setScene(place: Place, who: TreeAccount | undefined): Promise<Scene & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const terminal = openTerminal();
  if (terminal !== undefined) stack.use(terminal);
  const user = who?.account.name;
  const handed = terminal === undefined ? [place.canary.fd] : [place.canary.fd, terminal.terminal];
  const probe = stack.use(new RemoteProcess({ words: place.enter(place.domain, user), handed }));
  await requireEntered(probe, place.domain, user);
  const server = [`/proc/self/fd/${place.program}`];
  const ids = { uid: who?.account.uid ?? 0, gid: who?.account.gid ?? 0 };
  const stranger = stack.use(new RemoteProcess({ words: server, uid: nobody, gid: nobody }));
  let victim: RemoteProcess | undefined;
  let neighbour: RemoteProcess | undefined;
  const kept = stack.move();
  return {
    ...place,
    probe,
    terminal,
    stranger,
    victim: async () => {
      if (victim?.isAlive) return victim;
      victim = kept.use(new RemoteProcess({ words: server, ...ids }));
      // Once it answers it is what it is to be, and not on the way there.
      await victim.call('getpid');
      return victim;
    },
    neighbour: async () => {
      if (neighbour?.isAlive || place.other === undefined) return neighbour;
      const started = kept.use(new RemoteProcess({ words: place.enter(place.other, undefined) }));
      await requireEntered(started, place.other, undefined);
      neighbour = started;
      return started;
    },
    [Symbol.asyncDispose]: async () => {
      // First: what it came to trace cannot be buried before it is gone.
      await probe[Symbol.asyncDispose]();
      await kept.disposeAsync();
    },
  };
}

function openTerminal(): TerminalPair | undefined {
  try {
    return new TerminalPair();
  } catch (error) {
    // No /dev/ptmx, or none left: what needs one says so.
    if (Error.isError(error) && 'code' in error) return undefined;
    throw error;
  }
}

async function requireEntered(
  process: RemoteProcess,
  domain: string,
  user: string | undefined,
): Promise<void> {
  try {
    await process.call('getpid');
  } catch (error) {
    if (!(error instanceof RemoteEnded)) throw error;
    const [first = ''] = error.said.split('\n');
    throw new VirtfsError('ISOLATION_FAILED', {
      what: `cannot try ways out of ${domain}, for it could not be entered as ${escapeLines(user ?? 'root')}`,
      why: escapeLines(first) || `the program that enters it ended with ${error.status ?? 'a signal'}`,
      mend: `see what virtexec says: virtexec --domain ${domain} true`,
      cause: error,
    });
  }
}
