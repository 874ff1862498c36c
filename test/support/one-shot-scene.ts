import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { type LogHost, makeLogHost } from './dev-log.ts';
import { type MiniRoot, makeMiniRoot } from './make-mini-root.ts';
import { type OneConnection, type Served, serveOne } from './one-connection.ts';

export const virtualdScript = join(import.meta.dirname, '../../src/bin/virtuald.ts');

/** A root of trees, a host with a log of its own, and clients for virtuald. */
export interface OneShotScene extends Disposable {
  readonly root: MiniRoot;
  readonly host: LogHost;
  /** Writes a file of addresses and trees, and gives its path. */
  readonly putConf: (text: string, mode?: number) => string;
  /** Serves one connection by virtuald. */
  readonly serve: (words: readonly string[], options?: Partial<OneConnection>) => Promise<Served>;
  /** The words that serve one, for a caller that does more than to start them. */
  readonly words: (...words: readonly string[]) => readonly string[];
}

export function makeOneShotScene(): OneShotScene {
  const root = makeMiniRoot();
  const base = dirname(root.path);
  const host = makeLogHost(base);
  let count = 0;
  const words = (...own: readonly string[]) => host.words(process.execPath, virtualdScript, ...own);
  return {
    root,
    host,
    putConf: (text, mode = 0o644) => {
      mkdirSync(join(base, 'confs'), { recursive: true });
      const path = join(base, 'confs', `conf.${++count}`);
      writeFileSync(path, text, { mode });
      return path;
    },
    serve: (own, options = {}) =>
      serveOne({ words: words(...own), ...options, env: { VIRTFS_ROOT: root.path, ...options.env } }),
    words,
    [Symbol.dispose]: () => {
      host[Symbol.dispose]();
      root[Symbol.dispose]();
    },
  };
}
