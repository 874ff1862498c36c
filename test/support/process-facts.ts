import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isErrno } from '../../src/errors/virtfs-error.ts';

/** Open descriptors of a process. */
export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  return kibibytesOf(`/proc/${pid}/status`, 'VmRSS') * 1024;
}

/** Memory of a process, pages it shares counted by its share of them, in bytes. */
export function proportionalBytes(pid: number): number {
  return kibibytesOf(`/proc/${pid}/smaps_rollup`, 'Pss') * 1024;
}

function kibibytesOf(path: string, key: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${key}:`));
  if (line === undefined) throw new Error(`${path} says nothing of ${key}`);
  return Number.parseInt(line.slice(key.length + 1), 10);
}

export interface Child {
  readonly pid: number;
  /** As proc(5) has it: Z is one that ended and was not waited for. */
  readonly state: string;
}

/** The children of a process, the ended ones among them. */
export function listChildren(parent: number): readonly Child[] {
  return processes((pid) => {
    // The name, in brackets, may hold anything.
    const [state = '', ppid] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /su, '')
      .split(' ');
    return Number(ppid) === parent ? { pid, state } : undefined;
  });
}

/** Processes whose root directory is one of these folders, by whatever name they know it. */
export function listProcessesIn(folders: readonly string[]): readonly number[] {
  const known = new Set(folders.map((folder) => identify(folder)));
  return processes((pid) => (known.has(identify(`/proc/${pid}/root/`)) ? pid : undefined));
}

function identify(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

/** What `look` finds of each process; one that ends meanwhile, or has ended, is passed over where it has nothing. */
function processes<Found>(look: (pid: number) => Found | undefined): readonly Found[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        return look(Number(name)) ?? [];
      } catch (error) {
        if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return [];
        throw error;
      }
    });
}
