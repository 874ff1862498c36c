import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { DomainName } from '../../domain/domain-name.ts';
import { openFolder } from '../../engine/open-folder.ts';
import { isErrno } from '../../errors/virtfs-error.ts';
import { listDomains } from '../../host/read-records.ts';
import { readFileHandle } from '../../linux/file-handle.ts';
import { unlinkAt } from '../../linux/files.ts';
import { makeProgramInMemory } from '../../linux/program-in-memory.ts';
import { encodeCallServer } from './encode-call-server.ts';
import { findShared } from './find-shared.ts';
import type { Place } from './set-scene.ts';

export interface OpenTree {
  readonly root: { readonly path: string; readonly fd: number };
  readonly treeFd: number;
}

const canaryPath = '/etc/passwd';

/** All that attempts at one tree need, found and made; `stack` has what must be closed and removed afterwards. */
export async function findPlace(
  stack: AsyncDisposableStack,
  { domain, enter }: Pick<Place, 'enter'> & { readonly domain: DomainName },
  { root, treeFd }: OpenTree,
): Promise<Place> {
  const canaryFd = keepOpen(stack, openSync(canaryPath, 'r'));
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  const program = keepOpen(stack, makeProgramInMemory('virtfs-escape', encodeCallServer(arch)));
  const canary = fstatSync(canaryFd, { bigint: true });
  const { dev, ino } = statSync(root.path, { bigint: true });
  const mark = randomBytes(12).toString('hex');
  const name = `.virtfs-${mark}`;
  const tmpFd = openTmp(treeFd);
  if (tmpFd !== undefined) keepOpen(stack, tmpFd);
  const folder = tmpFd === undefined ? '' : '/tmp';
  stack.defer(() => removeLeft(tmpFd ?? treeFd, name));
  return {
    domain,
    canary: { path: canaryPath, fd: canaryFd, ino: canary.ino, ...splitDevice(canary.dev) },
    root: {
      path: root.path,
      tree: `${root.path === '/' ? '' : root.path}/${domain}`,
      ino,
      handle: readFileHandle(root.fd),
      disk: splitDevice(dev).major === 0 ? firstLoopDevice : Number(dev & 0xffff_ffffn),
    },
    folder: folder === '' ? '/' : folder,
    spot: `${folder}/${name}`,
    mark,
    key: randomBytes(4).readInt32LE(0) | 1,
    port: await listenOnLoopback(stack),
    shared: findShared(treeFd),
    program,
    enter,
    other: listDomains(root.path).domains.find((each) => each !== domain),
  };
}

/** 7:0. A file system without a disk of its own, as tmpfs, has no number to try. */
const firstLoopDevice = 0x700;

/** What glibc's makedev(3) put together. */
function splitDevice(dev: bigint): { readonly major: number; readonly minor: number } {
  return {
    major: Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn)),
    minor: Number((dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffff_ffffn)),
  };
}

export function keepOpen(stack: AsyncDisposableStack, fd: number): number {
  return stack.adopt(fd, closeSync);
}

function openTmp(treeFd: number): number | undefined {
  try {
    return openFolder(treeFd, 'tmp');
  } catch (error) {
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** What an attempt that got through made in the tree, where it was kept from removing it. */
function removeLeft(folderFd: number, name: string): void {
  try {
    unlinkAt(folderFd, name);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

async function listenOnLoopback(stack: AsyncDisposableStack): Promise<number | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((done) => {
    server.on('error', () => done(undefined));
    server.listen(0, '127.0.0.1', () => {
      stack.defer(() => void server.close());
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : undefined);
    });
  });
}
