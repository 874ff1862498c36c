import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Conf, parseConf } from '../domain/conf-lines.ts';
import { isConfName } from '../domain/service-name.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno } from '../errors/virtfs-error.ts';
import { readPlainFile } from './read-plain-file.ts';

/** What `conf.SERVICE` in a root of trees says. */
export interface ConfFile extends Conf {
  readonly service: string;
}

/** The files `conf.SERVICE` of a root of trees, by name; none where there is no such folder. Throws NEEDS_ROOT. */
export function readConfFiles(root: string): readonly ConfFile[] {
  return listConfNames(root).map((name) => ({
    service: name.slice('conf.'.length),
    ...parseConf(readPlainFile(join(root, name), () => {}) ?? ''),
  }));
}

/** The text of one of them, each byte a character; empty where it is not there. */
export function readConfText(root: string, name: string): string {
  return readPlainFile(join(root, name), () => {}, 'latin1') ?? '';
}

function listConfNames(root: string): readonly string[] {
  try {
    const names = readdirSync(root).filter(isConfName);
    // A tree, or an alias of one, may be called conf.org.
    return names.sort().filter((name) => statSync(join(root, name), { throwIfNoEntry: false })?.isFile());
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw explainErrno(error, `cannot list ${root}`);
  }
}
