import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants } from 'node:fs';
import { makePipe } from '../linux/pipe.ts';

const folders = ['/usr/bin', '/bin', '/usr/local/bin'] as const;

/**
 * Starts logger(1) of the host, and returns the end of a pipe to it, close-on-exec: each line written there goes to the
 * log behind `tag`, priority daemon.err. It is nobody's child, has a session of its own, and ends when nobody holds the
 * pipe any more. Undefined where the host has no logger or no setsid, or cannot start them.
 */
export function startErrorLog(tag: string): number | undefined {
  const logger = findTool('logger');
  const setsid = findTool('setsid');
  if (logger === undefined || setsid === undefined) return undefined;
  const { readFd, writeFd } = makePipe();
  try {
    // A daemon that is away for a while must not end it, for then a word on standard error would end the service.
    const words = ['--fork', logger, '--socket-errors=off', '-t', tag, '-p', 'daemon.err'];
    const { status } = spawnSync(setsid, words, { cwd: '/', env: {}, stdio: [readFd, 'ignore', 'ignore'] });
    if (status === 0) return writeFd;
  } finally {
    closeSync(readFd);
  }
  closeSync(writeFd);
  return undefined;
}

function findTool(name: string): string | undefined {
  return folders.map((folder) => `${folder}/${name}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Every error has one meaning here: it cannot be run from this folder.
    return false;
  }
}
