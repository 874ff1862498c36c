import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { FileFacts } from '../../src/domain/file-facts.ts';
import { leadsSomewhere } from '../../src/engine/leads-somewhere.ts';
import { hasFoundCapabilities, hashFound, readFound, readFoundLink } from '../../src/engine/read-found.ts';
import { statAt } from '../../src/linux/stat-at.ts';
import { hashOf } from '../support/list-tree.ts';
import { putCapabilities } from '../support/meddle.ts';
import { needs } from '../support/needs.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root', { program: 'setcap' }))('readFound and hashFound', () => {
  sandboxTest('read the file that was found', ({ sandbox }) => {
    const { dirfd, path } = open(sandbox);
    const facts = factsOf(dirfd);
    expect(hashFound({ dirfd, name: 'file' }, facts)).toBe(hashOf(path));
    expect(Buffer.from(readFound({ dirfd, name: 'file' }, facts, 4) ?? []).toString()).toBe('some');
    expect(Buffer.from(readFound({ dirfd, name: 'file' }, facts, 400) ?? []).toString()).toBe('some bytes');
    closeSync(dirfd);
  });

  // biome-ignore format: a table
  const swaps: readonly (readonly [what: string, swap: (path: string) => void])[] = [
    ['nothing',                () => {}],
    ['a FIFO',                 (path) => execFileSync('mkfifo', [path])],
    ['a link to what it was',  (path) => symlinkSync('aside', path)],
    ['another file',           (path) => writeFileSync(path, 'some bytes')],
    ['a folder',               (path) => mkdirSync(path)],
  ];
  for (const [what, swap] of swaps) {
    sandboxTest(`give nothing where ${what} has its name by now`, ({ sandbox }) => {
      const { dirfd, path } = open(sandbox);
      const facts = factsOf(dirfd);
      renameSync(path, join(sandbox.disk, 'aside'));
      swap(path);
      expect(hashFound({ dirfd, name: 'file' }, facts)).toBeUndefined();
      expect(readFound({ dirfd, name: 'file' }, facts, 400)).toBeUndefined();
      closeSync(dirfd);
    });
  }

  sandboxTest('give up on a file that became longer', ({ sandbox }) => {
    const { dirfd, path } = open(sandbox);
    const facts = factsOf(dirfd);
    writeFileSync(path, 'some bytes and more');
    expect(hashFound({ dirfd, name: 'file' }, facts)).toBeUndefined();
    expect(readFound({ dirfd, name: 'file' }, facts, 400)).toHaveLength(10);
    closeSync(dirfd);
  });

  sandboxTest('have companions that follow no link either', ({ sandbox }) => {
    const { dirfd, path } = open(sandbox);
    symlinkSync('file', join(sandbox.disk, 'link'));
    putCapabilities(path);
    expect(hasFoundCapabilities({ dirfd, name: 'file' })).toBe(true);
    expect(hasFoundCapabilities({ dirfd, name: 'link' })).toBe(false);
    expect(hasFoundCapabilities({ dirfd, name: 'gone' })).toBe(false);
    expect(readFoundLink({ dirfd, name: 'link' })).toBe('file');
    expect(readFoundLink({ dirfd, name: 'file' })).toBeUndefined();
    expect(readFoundLink({ dirfd, name: 'gone' })).toBeUndefined();
    closeSync(dirfd);
  });
});

describe.runIf(needs('root'))('leadsSomewhere', () => {
  sandboxTest('follows links as a program inside does, and no way out', ({ sandbox }) => {
    const tree = join(sandbox.disk, 'tree');
    mkdirSync(join(tree, 'folder'), { recursive: true });
    writeFileSync(join(tree, 'folder/file'), '');
    writeFileSync(join(sandbox.disk, 'outside'), '');
    const links = {
      absolute: '/folder/file',
      relative: 'folder/file',
      out: '../outside',
      self: 'self',
      gone: 'x',
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(tree, name));
    linkSync(join(tree, 'folder/file'), join(tree, 'hard'));
    mkdirSync(join(tree, 'proc'));
    execFileSync('mount', ['-t', 'proc', 'proc', join(tree, 'proc')]);
    symlinkSync('/proc/self/fd', join(tree, 'fd'));
    const fd = openSync(tree, 'r');
    const answers = [...Object.keys(links), 'hard', 'fd'].map((name) => [name, leadsSomewhere(fd, name)]);
    closeSync(fd);
    expect(Object.fromEntries(answers)).toEqual({
      absolute: true,
      relative: true,
      out: false,
      self: false,
      gone: false,
      hard: true,
      fd: true,
    });
    unlinkSync(join(tree, 'fd'));
  });
});

function open({ disk }: Sandbox): { readonly dirfd: number; readonly path: string } {
  const path = join(disk, 'file');
  writeFileSync(path, 'some bytes');
  return { dirfd: openSync(disk, 'r'), path };
}

function factsOf(dirfd: number): FileFacts {
  const facts = statAt(dirfd, 'file');
  if (facts === undefined) throw new Error('the file is not there');
  return facts;
}
