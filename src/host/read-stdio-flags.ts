import { readFileSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';

/** What open(2) and fcntl(2) call the flags of standard input, output and error; undefined where they are not known. */
export type StdioFlags = readonly (number | undefined)[];

/** Reads the flags of the three (proc_pid_fdinfo(5)). */
export function readStdioFlags(): StdioFlags {
  return [0, 1, 2].map((fd) => {
    try {
      return parseFlags(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  });
}

function parseFlags(text: string): number | undefined {
  const octal = /^flags:\s*(?<octal>[0-7]+)$/mu.exec(text)?.groups?.octal;
  return octal === undefined ? undefined : Number.parseInt(octal, 8);
}
