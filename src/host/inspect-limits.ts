import { readFileSync } from 'node:fs';
import type { LimitFacts } from '../domain/machine-facts.ts';
import { parseLimit } from './parse-limit.ts';
import { readNumber } from './read-number.ts';

/** The limits of this process and of the machine (proc_pid_limits(5), proc_sys_fs(5)). */
export function inspectLimits(): LimitFacts {
  const limits = readText('/proc/self/limits');
  const inUse = /^(?<count>\d+)\s/u.exec(readText('/proc/sys/fs/file-nr'))?.groups?.count;
  return {
    openFilesHard: parseLimit(limits, 'Max open files'),
    processes: parseLimit(limits, 'Max processes'),
    filesInUse: inUse === undefined ? undefined : Number(inUse),
    filesMost: readNumber('/proc/sys/fs/file-max'),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // A container may hide it: then it is not known.
    return '';
  }
}
