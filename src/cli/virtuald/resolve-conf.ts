import { resolve } from 'node:path';

/** CONF of a command line as a path: a name alone is a file in the root of trees, as in virtuald.toml(5). */
export function resolveConf(conf: string, root: string): string {
  return conf.includes('/') ? resolve(conf) : resolve(root, conf);
}
