import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { makeLogHost } from './dev-log.ts';
import { waitFor } from './start-virtuald.ts';

const script = join(import.meta.dirname, '../../src/bin/virtmaild.ts');

/** A virtmaild that runs. */
export interface Virtmaild extends AsyncDisposable {
  readonly pid: number;
  /** Its UNIX socket. */
  readonly path: string;
  readonly lines: () => readonly string[];
  /** Waits until its log has `times` lines with `text`, and gives the last of these. */
  readonly until: (text: string, times?: number) => Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly err: () => string;
}

export interface VirtmaildOptions {
  /** Descriptors 3 and so on, as systemd hands them over. */
  readonly sockets?: readonly Server[];
  /** False where the settings say where it listens. */
  readonly ownListen?: boolean;
  /** Do not wait until it serves. */
  readonly fails?: boolean;
}

/** A root of trees that are no more than mail needs, in memory, and a host with a log of its own. */
export interface MailScene extends Disposable {
  readonly base: string;
  readonly root: string;
  /** Makes a tree with these users, and gives its path. Each domain has ids of its own. */
  readonly addTree: (domain: string, users?: readonly string[], mail?: object) => string;
  /** Writes virtmaild.toml. */
  readonly set: (toml: string) => void;
  readonly start: (words?: readonly string[], options?: VirtmaildOptions) => Promise<Virtmaild>;
  /** What is in a user's Maildir, in `new` if nothing else is said, one character a byte. */
  readonly messages: (domain: string, user: string, folder?: string) => readonly string[];
  readonly home: (domain: string, user: string) => string;
  /** Puts a file into a user's home, his own. */
  readonly putInHome: (domain: string, user: string, name: string, text: string) => void;
}

/** Makes one. Needs root and overlayfs. */
export function makeMailScene(): MailScene {
  const base = mkdtempSync(join(tmpdir(), 'virtfs-mail-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', base]);
  const root = join(base, 'root');
  mkdirSync(join(root, '.virtfs/domains'), { recursive: true, mode: 0o700 });
  const config = join(base, 'config');
  mkdirSync(config);
  const host = makeLogHost(base);
  const uids = new Map<string, number>();
  const home = (domain: string, user: string) => join(root, domain, 'home', user);
  let sockets = 0;
  return {
    base,
    root,
    home,
    addTree: (domain, users = ['bob'], mail = {}) => {
      const first = 200_000 + uids.size * 1000;
      uids.set(domain, first);
      addTree({ root, domain, users, first, mail });
      return join(root, domain);
    },
    set: (toml) => writeFileSync(join(config, 'virtmaild.toml'), toml, { mode: 0o644 }),
    start: async (words = [], { sockets: handed = [], ownListen = true, fails = false } = {}) => {
      const path = join(base, `lmtp.${++sockets}`);
      const own =
        !ownListen || words.includes('--listen') || handed.length > 0 ? [] : ['--listen', `unix:${path}`];
      const handing =
        handed.length === 0 ? [] : ['sh', '-c', `LISTEN_PID=$$ LISTEN_FDS=${handed.length} exec "$@"`, 'sh'];
      const [program, ...args] = host.words(...handing, process.execPath, script, ...own, ...words);
      const child = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'pipe', ...handed.map(descriptorOf)],
        env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: config, VIRTFS_ROOT: root },
      });
      const { pid = 0 } = child;
      let err = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      const ended = new Promise<number | NodeJS.Signals | null>((done) => {
        child.on('close', (status, signal) => done(status ?? signal));
      });
      const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
      const lines = () => host.log.lines().filter((line) => line.includes(`>virtmaild[${pid}]: `));
      const until: Virtmaild['until'] = async (text, times = 1) => {
        const found = () => lines().filter((line) => line.includes(text));
        await waitFor(text, () => found().length >= times || hasEnded()).catch(() => {});
        const line = found()[times - 1];
        if (line === undefined) throw new Error(`no '${text}' in the log: ${lines().join('\n')}\n${err}`);
        return line;
      };
      if (!fails) await until(': serving ');
      return {
        pid,
        path,
        lines,
        until,
        signal: (signal) => process.kill(pid, signal),
        ended,
        err: () => err,
        [Symbol.asyncDispose]: async () => {
          if (!hasEnded()) child.kill('SIGKILL');
          await ended;
        },
      };
    },
    messages: (domain, user, folder = 'new') => {
      const path = join(home(domain, user), 'Maildir', folder);
      if (!existsSync(path)) return [];
      return readdirSync(path).map((name) => readFileSync(join(path, name), 'latin1'));
    },
    putInHome: (domain, user, name, text) => {
      const path = join(home(domain, user), name);
      writeFileSync(path, text, { mode: 0o600 });
      const uid = uidOf(uids.get(domain) ?? 0, usersOf(root, domain), user);
      chownSync(path, uid, uid);
    },
    [Symbol.dispose]: () => {
      host[Symbol.dispose]();
      execFileSync('umount', ['-l', base]);
      rmSync(base, { recursive: true });
    },
  };
}

interface TreeOfMail {
  readonly root: string;
  readonly domain: string;
  readonly users: readonly string[];
  readonly first: number;
  readonly mail: object;
}

function addTree({ root, domain, users, first, mail }: TreeOfMail): void {
  const tree = join(root, domain);
  mkdirSync(join(tree, 'etc'), { recursive: true, mode: 0o755 });
  mkdirSync(join(tree, 'home'), { mode: 0o755 });
  const lines = ['root:x:0:0:root:/root:/bin/sh'];
  const groups = ['root:x:0:'];
  for (const user of users) {
    const uid = uidOf(first, users, user);
    lines.push(`${user}:x:${uid}:${uid}::/home/${user}:/bin/sh`);
    groups.push(`${user}:x:${uid}:`);
    mkdirSync(join(tree, 'home', user), { mode: 0o750 });
    chownSync(join(tree, 'home', user), uid, uid);
  }
  writeFileSync(join(tree, 'etc/passwd'), `${lines.join('\n')}\n`);
  writeFileSync(join(tree, 'etc/group'), `${groups.join('\n')}\n`);
  for (const name of ['etc/passwd', 'etc/group']) chmodSync(join(tree, name), 0o644);
  const time = '2026-01-01T00:00:00.000Z';
  const record = {
    version: 1,
    domain,
    profiles: ['minimal'],
    addresses: [],
    aliases: [],
    admin: 'admin',
    uids: { first, count: 1000 },
    link: 'copy',
    mail,
    created: time,
    updated: time,
  };
  writeFileSync(join(root, `.virtfs/domains/${domain}.json`), JSON.stringify(record), { mode: 0o600 });
}

function usersOf(root: string, domain: string): readonly string[] {
  return readFileSync(join(root, domain, 'etc/passwd'), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('root:') ? [] : [line.split(':')[0] ?? '']));
}

function uidOf(first: number, users: readonly string[], user: string): number {
  return first + 1 + users.indexOf(user);
}

function descriptorOf(server: Server): number {
  return (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}
