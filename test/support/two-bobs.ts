import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountSandbox, outOf, type Sandbox } from './sandbox.ts';
import type { Server } from './serve.ts';
import { startService } from './start-service.ts';

/** A domain with a user bob, whose password and files are his own. */
export interface BobsPlace {
  readonly domain: string;
  readonly address: string;
  readonly password: string;
  /** The password of the other bob. */
  readonly otherPassword: string;
  /** The tree, as the host sees it. */
  readonly tree: string;
}

export interface TwoBobs extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly places: readonly [BobsPlace, BobsPlace];
  /** Lets virtuald run a program of the trees for both domains, until disposal. */
  readonly serve: (port: number, program: readonly string[], flags?: readonly string[]) => Promise<Server>;
}

/** The text of a file of bob's at the top of his home, which says whose it is. */
export const bobsFile = 'whoami.txt';
export const bobsText = (domain: string) => `bob at ${domain}\n`;

// biome-ignore format: a table
const domains = [
  { domain: 'a.example', address: '127.0.0.11', password: 'First-bob-123' },
  { domain: 'b.example', address: '127.0.0.12', password: 'Other-bob-456' },
] as const;

/** Makes a.example and b.example from profiles, and nothing else by hand: what a server needs, the profiles bring. */
export async function makeTwoBobs(profiles: string): Promise<TwoBobs> {
  const sandbox = mountSandbox();
  const servers: Server[] = [];
  const place = async (
    own: (typeof domains)[number],
    other: (typeof domains)[number],
  ): Promise<BobsPlace> => {
    const { domain, address, password } = own;
    const words = ['--address', address, '--alias', `mail.${domain}`, '--profile', profiles];
    outOf(await sandbox.virtfs(['create', domain, ...words]));
    const add = ['user', 'add', domain, 'bob', '--password-stdin'];
    outOf(await sandbox.virtfs(add, { input: `${password}\n` }));
    const tree = join(sandbox.root, domain);
    putBobsFile(tree, bobsFile, bobsText(domain));
    return { domain, address, password, otherPassword: other.password, tree };
  };
  try {
    const [a, b] = domains;
    const places = [await place(a, b), await place(b, a)] as const;
    const table = Object.fromEntries(places.map(({ address, domain }) => [address, domain]));
    return {
      sandbox,
      places,
      serve: async (port, program, flags) => {
        const server = await startService(sandbox, { port, places: table, program, flags });
        servers.push(server);
        return server;
      },
      [Symbol.asyncDispose]: async () => {
        for (const server of servers) await server.end();
        sandbox[Symbol.dispose]();
      },
    };
  } catch (error) {
    sandbox[Symbol.dispose]();
    throw error;
  }
}

/** Does the same for both at once: servers take their time to refuse a password. */
export async function forEachBob(
  { places }: TwoBobs,
  act: (place: BobsPlace) => Promise<void>,
): Promise<void> {
  await Promise.all(places.map(act));
}

/** A file at the top of bob's home, his own. */
export function putBobsFile(tree: string, name: string, text: string): void {
  const home = join(tree, 'home/b/bob');
  const { uid, gid } = statSync(home);
  writeFileSync(join(home, name), text, { mode: 0o600 });
  chownSync(join(home, name), uid, gid);
}

export function readBobsFile(tree: string, name: string): string {
  return readFileSync(join(tree, 'home/b/bob', name), 'utf8');
}
