import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { makeOneShotScene, type OneShotScene } from '../support/one-shot-scene.ts';

describe.runIf(needs('root', { program: 'gcc' }))('the policy of one connection', () => {
  let scene: OneShotScene;
  let conf: string;

  beforeAll(() => {
    scene = makeOneShotScene();
    conf = scene.putConf(`127.0.0.1 ${scene.root.addTree('a.example')}\n`);
  });
  afterAll(() => scene[Symbol.dispose]());

  test('runs a service with the user, limits, niceness and privileges it was told', async () => {
    const flags = [
      '--user',
      'www-data',
      '--nice',
      '7',
      '--limit',
      'nofile=64',
      '--limit',
      'as=1000000000',
      '--no-new-privileges',
    ];
    const { got } = await scene.serve([...flags, conf, 'probe', 'file', '/proc/self/status']);
    expect(got).toMatch(/^Uid:\t33\t33\t33\t33$/mu);
    expect(got).toMatch(/^NoNewPrivs:\t1$/mu);
    const { got: limits } = await scene.serve([...flags, conf, 'probe', 'file', '/proc/self/limits']);
    expect(limits).toMatch(/^Max open files +64 +64 /mu);
    expect(limits).toMatch(/^Max address space +1000000000 +1000000000 /mu);
    const { got: stat } = await scene.serve([...flags, conf, 'probe', 'file', '/proc/self/stat']);
    expect(stat.split(') ')[1]?.split(' ')[16]).toBe('7');
  });

  test('leaves a service no capability but those it was told', async () => {
    const read = async (...flags: string[]) => {
      const { got } = await scene.serve([...flags, conf, 'probe', 'file', '/proc/self/status']);
      return ['CapPrm', 'CapBnd'].map((name) => new RegExp(`^${name}:\\t0*(\\w+)$`, 'mu').exec(got)?.[1]);
    };
    expect(await read('--capability', 'net_bind_service', '--capability', 'setuid')).toEqual(['480', '480']);
    expect(await read('--capability', 'none')).toEqual(['0', '0']);
  });

  test('sets the limit of open files it was told, not that of its caller', async () => {
    const words = [
      'sh',
      '-c',
      'ulimit -S -n 300; exec "$@"',
      'sh',
      ...scene.words('--limit', 'nofile=2000', conf, 'probe', 'nofile'),
    ];
    expect(await scene.serve([], { words })).toMatchObject({ got: '2000 2000\n', status: 0 });
  });
});
