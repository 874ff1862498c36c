import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileStatic } from '../support/banner-trees.ts';
import { needs } from '../support/needs.ts';
import { listChildren } from '../support/process-facts.ts';
import { findPort, makeServerScene, type ServerScene } from '../support/start-virtuald.ts';
import { talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))('A service that makes it hard to be buried', () => {
  let scene: ServerScene;
  let go = '';
  beforeAll(() => {
    scene = makeServerScene();
    const tree = scene.addTree('a.example');
    go = join(tree, 'tmp/go');
    const program = compileStatic(join(import.meta.dirname, '../fixtures/held-end.c'), scene.base);
    copyFileSync(program, join(tree, 'usr/bin/held-end'));
  });
  afterAll(() => {
    // What still waits for it.
    writeFileSync(go, '');
    scene[Symbol.dispose]();
  });

  const start = async () => {
    rmSync(go, { force: true });
    const port = await findPort();
    const conf = scene.putConf('conf.ends', ['default a.example']);
    return { port, served: await scene.start(['--listen', String(port), conf, 'held-end']) };
  };

  test('is buried once whoever traces it lets it go', async () => {
    const { port, served } = await start();
    await using _ = served;
    expect(await talk(port)).toBe('traced: y\n');
    expect(await served.total()).toMatchObject({ running: 1, ended: 0 });
    writeFileSync(go, '');
    await served.untilTotal(({ running, ended }) => running === 0 && ended === 1);
    expect(listChildren(served.pid)).toEqual([]);
  });

  test('does not keep virtuald from ending', async () => {
    const { port, served } = await start();
    expect(await talk(port)).toBe('traced: y\n');
    for (const times of [1, 2]) {
      served.signal('SIGTERM');
      await served.until('told to end', times);
    }
    expect(await served.ended).toBe(0);
  });
});
