import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { makeOneShotScene, type OneShotScene, virtualdScript } from '../support/one-shot-scene.ts';
import { reachCheckout } from '../support/reach-checkout.ts';
import { runProgram } from '../support/run-virtexec.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald, for trees and files that are not safe,', () => {
  let scene: OneShotScene;

  beforeAll(() => {
    scene = makeOneShotScene();
    scene.root.addTree('a.example');
  });
  afterAll(() => scene[Symbol.dispose]());

  test.each<[what: string, spoil: (tree: string) => void]>([
    ['belongs to somebody else', (tree) => chownSync(tree, 70_001, 0)],
    ['can be written by others', (tree) => chmodSync(tree, 0o775)],
  ])('refuses a tree that %s', async (_, spoil) => {
    const tree = scene.root.addTree(`bad${Math.random().toString(36).slice(2, 8)}.example`);
    spoil(tree);
    const file = scene.putConf(`127.0.0.1 ${tree}\n`);
    expect(await scene.serve([file, 'probe', 'hostname'])).toMatchObject({ got: '', status: 77 });
    await scene.host.log.until(`cannot enter ${tree}`);
  });

  test('refuses a line whose tree is missing, or outside of the roots of trees', async () => {
    const gone = scene.putConf(`127.0.0.1 ${scene.root.path}/gone.example\n`);
    expect(await scene.serve([gone, 'probe', 'hostname'])).toMatchObject({ got: '', status: 66 });
    const outside = scene.putConf('127.0.0.1 /\n');
    expect(await scene.serve([outside, 'probe', 'hostname'])).toMatchObject({ got: '', status: 65 });
  });

  test('refuses an alias that leads out of the root of trees', async () => {
    mkdirSync(join(scene.root.path, '../elsewhere.example'));
    symlinkSync('../elsewhere.example', join(scene.root.path, 'out.example'));
    const file = scene.putConf(`127.0.0.1 ${scene.root.path}/out.example\n`);
    expect(await scene.serve([file, 'probe', 'hostname'])).toMatchObject({ got: '', status: 65 });
  });

  test('refuses a CONF that others may write', async () => {
    const file = scene.putConf(`127.0.0.1 ${scene.root.path}/a.example\n`);
    chmodSync(file, 0o666);
    expect(await scene.serve([file, 'probe', 'hostname'])).toMatchObject({ got: '', status: 78 });
  });

  test('says what standard input must be, where it is no connection', () => {
    const { status, out, err } = runProgram([process.execPath, virtualdScript, 'conf.x', 'probe'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect({ status, out }).toEqual({ status: 64, out: '' });
    expect(err).toMatch(
      /^virtuald: .*standard input is no socket.* \[BAD_USAGE\]\n {2}let inetd, xinetd or tcpserver/u,
    );
  });

  test('says to others than root that only root may', () => {
    using checkout = reachCheckout();
    const words = [checkout.at(process.execPath), checkout.at(virtualdScript), 'conf.x', 'probe'];
    const { status, out, err } = runProgram([
      'setpriv',
      '--reuid=1000',
      '--regid=1000',
      '--clear-groups',
      ...words,
    ]);
    expect({ status, out }).toEqual({ status: 77, out: '' });
    expect(err).toMatch(/^virtuald: cannot enter a tree: only root may .* \[NEEDS_ROOT\]\n/u);
  });
});
