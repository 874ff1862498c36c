import process from 'node:process';
import { virtexecScript } from './run-virtexec.ts';
import { startWaiting, type Waiting } from './start-waiting.ts';
import type { Sandbox } from './trees-root.ts';

export interface InsideWords {
  /** The program; `cat` where it is left out. */
  readonly words?: readonly string[];
  readonly uid?: number;
  /** How many processes of its user there may be. */
  readonly mostProcesses?: number;
}

/** Starts a program in a tree by virtexec, and waits until it says its first words. */
export function startInside(
  { root }: Pick<Sandbox, 'root'>,
  domain: string,
  { words = ['cat'], uid, mostProcesses }: InsideWords = {},
): Promise<Waiting> {
  const limit = mostProcesses === undefined ? [] : ['prlimit', `--nproc=${mostProcesses}`];
  const user = uid === undefined ? [] : ['--user', String(uid)];
  const command = [process.execPath, virtexecScript, '--root', root, '--domain', domain, ...user, ...words];
  return startWaiting([...limit, ...command], {
    env: { PATH: process.env.PATH, VIRTFS_CONFIG_DIR: '/nonexistent' },
  });
}
