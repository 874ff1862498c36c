import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listTreeMounts } from '../../src/host/list-tree-mounts.ts';
import { statPlace } from '../../src/linux/stat-place.ts';
import { needs } from '../support/needs.ts';
import { sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root'))('listTreeMounts', () => {
  sandboxTest('lists what is mounted in the tree, what stands on another mount first', ({ sandbox }) => {
    const tree = join(sandbox.disk, 'tree');
    const inner = join(tree, 'a b/inner');
    mkdirSync(join(tree, 'a b'), { recursive: true });
    mkdirSync(`${tree}-beside`);
    mount(`${tree}-beside`);
    mount(join(tree, 'a b'));
    mkdirSync(inner);
    mount(inner);
    mount(inner);
    const found = listTreeMounts(tree);
    expect(found.map(({ path }) => path)).toEqual([inner, inner, join(tree, 'a b')]);
    expect(found.map(({ within }) => String(within))).toEqual(['a b/inner', 'a b/inner', 'a b']);
    expect(found[0]).toMatchObject({ type: 'tmpfs', source: 'virtfs-test' });
    // Of two on one folder the upper one comes first: it is the one a path leads to.
    expect(statPlace(inner).mountId).toBe(BigInt(found[0]?.id ?? 0));
  });

  sandboxTest('lists the tree itself when it is a mount', ({ sandbox }) => {
    const tree = join(sandbox.disk, 'tree');
    mkdirSync(tree);
    expect(listTreeMounts(tree)).toEqual([]);
    mount(tree);
    expect(listTreeMounts(tree)).toMatchObject([{ path: tree, within: Buffer.alloc(0) }]);
  });
});

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', 'virtfs-test', folder]);
}
