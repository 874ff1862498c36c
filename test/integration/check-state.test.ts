import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { hashOf, walk } from '../support/list-tree.ts';
import { appendTo, forge, putCapabilities, putSetId, relink } from '../support/meddle.ts';
import { needs } from '../support/needs.ts';
import { checkAll, listFindings, makeOne } from '../support/run-check.ts';
import { type Sandbox, sandboxTest } from '../support/trees-root.ts';

describe.runIf(needs('root', { program: 'setcap' }))('checkDomains, what is known of trees', () => {
  sandboxTest('finds objects of the store that are not as they were stored', async ({ sandbox }) => {
    await makeOne(sandbox);
    const [mode, owner, size, caps, gone, bytes] = objectsIn(sandbox);
    chmodSync(mode.path, 0o777);
    chownSync(owner.path, 1000, 1000);
    appendTo(size.path, 'x');
    putCapabilities(caps.path);
    unlinkSync(gone.path);
    forge(bytes.path, 'in place');
    const shallow = [mode, owner, size, caps, gone].map(({ name }) => `- ${name} damaged-object`);
    expect((await listFindings(sandbox)).toSorted()).toEqual(shallow.toSorted());
    const deep = await listFindings(sandbox, { deep: true });
    // That it has another size is told once for what it is, and once for its bytes.
    const all = [...shallow, `- ${bytes.name} damaged-object`, `- ${size.name} damaged-object`];
    expect(deep.toSorted()).toEqual(all.toSorted());
  });

  sandboxTest('looks at the objects that took over from a full one', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    const path = join(tree, 'usr/bin/cat');
    const first = objectOf(sandbox, path);
    copyFileSync(first, `${first}.1`);
    chmodSync(`${first}.1`, statSync(first).mode & 0o777);
    unlinkSync(path);
    linkSync(`${first}.1`, path);
    expect(await listFindings(sandbox, { deep: true })).toEqual([]);
    forge(`${first}.1`, 'in place');
    // As a name of a store object it is not read: the object is.
    expect(await listFindings(sandbox)).toEqual([]);
    expect(await listFindings(sandbox, { deep: true })).toEqual([
      `- ${first.slice(sandbox.root.length + 1)}.1 damaged-object`,
    ]);
  });

  sandboxTest('finds what the host has in another version', async ({ sandbox, hostFolder }) => {
    for (const name of ['same', 'changed', 'gone', 'longer']) writeFileSync(join(hostFolder, name), name);
    symlinkSync('same', join(hostFolder, 'link'));
    sandbox.putProfile('app', `summary = "x"\nfiles = ["${hostFolder}"]\n`);
    const tree = await makeOne(sandbox, { profiles: ['small', 'app'] });
    writeFileSync(join(hostFolder, 'changed'), 'another');
    writeFileSync(join(hostFolder, 'longer'), 'longer than before');
    unlinkSync(join(hostFolder, 'gone'));
    relink(join(hostFolder, 'link'), 'changed');
    unlinkSync(join(tree, hostFolder, 'longer'));
    const inTree = hostFolder.slice(1);
    expect(await listFindings(sandbox)).toEqual([
      `a.org ${inTree}/changed outdated`,
      `a.org ${inTree}/gone outdated`,
      `a.org ${inTree}/link outdated`,
      `a.org ${inTree}/longer missing`,
    ]);
  });

  sandboxTest('finds a log socket that is another by now, or gone', async ({ sandbox }) => {
    mkdirSync(sandbox.root, { mode: 0o700 });
    const path = join(sandbox.root, 'log');
    const first = createServer().listen(path);
    await once(first, 'listening');
    const tree = await makeOne(sandbox);
    expect(await listFindings(sandbox)).toEqual([]);
    renameSync(path, `${path}.old`);
    expect(await listFindings(sandbox)).toEqual(['a.org dev/log stale-log']);
    const second = createServer().listen(path);
    await once(second, 'listening');
    expect(await listFindings(sandbox)).toEqual(['a.org dev/log stale-log']);
    unlinkSync(join(tree, 'dev/log'));
    expect(await listFindings(sandbox)).toEqual(['a.org dev/log stale-log']);
    linkSync(path, join(tree, 'dev/log'));
    expect(await listFindings(sandbox)).toEqual([]);
    first.close();
    second.close();
  });

  sandboxTest('finds aliases on which record and root do not agree', async ({ sandbox }) => {
    await makeOne(sandbox, { aliases: ['www.a.org', 'mail.a.org'] });
    expect(await listFindings(sandbox)).toEqual([]);
    unlinkSync(join(sandbox.root, 'www.a.org'));
    symlinkSync('a.org', join(sandbox.root, 'ftp.a.org'));
    const { findings } = await checkAll(sandbox);
    expect(findings.map(({ kind, mend }) => [kind, mend])).toEqual([
      ['alias', 'if nothing else has its name: virtfs alias add a.org www.a.org'],
      ['alias', `virtfs alias add a.org ftp.a.org - or rm ${sandbox.root}/ftp.a.org`],
    ]);
  });

  sandboxTest('finds what is not known of a tree, and looks through it all the same', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    putSetId(join(tree, 'home/a/su'));
    const state = join(sandbox.root, '.virtfs');
    const both = ['a.org - record', 'a.org home/a/su set-id'];
    // Nobody knows any more that these were asked for.
    rmSync(join(tree, 'dev'), { recursive: true });
    chmodSync(join(tree, 'usr/bin/passwd'), 0o755);
    const [layer = ''] = readdirSync(join(state, 'layers')).filter((name) =>
      /^[0-9a-f]{64}\.json$/u.test(name),
    );
    for (const name of [`layers/${layer}`, 'manifests/a.org.json']) {
      renameSync(join(state, name), join(state, 'kept'));
      expect(await listFindings(sandbox)).toEqual(both);
      writeFileSync(join(state, name), '{"version":1');
      expect(await listFindings(sandbox)).toEqual(both);
      renameSync(join(state, 'kept'), join(state, name));
    }
    rmSync(state, { recursive: true });
    expect(await listFindings(sandbox)).toEqual(both);
  });

  sandboxTest('finds a tree whose own folder others may write', async ({ sandbox }) => {
    const tree = await makeOne(sandbox);
    chownSync(tree, 200_000, 200_000);
    chmodSync(tree, 0o775);
    expect(await listFindings(sandbox)).toEqual(['a.org - foreign-owner', 'a.org - foreign-mode']);
  });
});

interface StoredObject {
  readonly path: string;
  /** Relative to the root of trees. */
  readonly name: string;
}

/** Six objects of the store. */
function objectsIn({
  root,
}: Sandbox): readonly [StoredObject, StoredObject, StoredObject, StoredObject, StoredObject, StoredObject] {
  const objects = walk(join(root, '.virtfs/store'))
    .filter(({ path, stats }) => stats.isFile() && !path.startsWith('ln/'))
    .map(({ path }) => ({ path: join(root, '.virtfs/store', path), name: `.virtfs/store/${path}` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const [a, b, c, d, e, f] = objects;
  if (!(a && b && c && d && e && f)) throw new Error('the store has fewer than six objects');
  return [a, b, c, d, e, f];
}

function objectOf({ root }: Sandbox, path: string): string {
  const sha256 = hashOf(path);
  const mode = (statSync(path).mode & 0o777).toString(8).padStart(4, '0');
  return join(root, '.virtfs/store', sha256.slice(0, 2), `${sha256}.${mode}`);
}
