import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileStatic } from '../support/banner-trees.ts';
import { needs } from '../support/needs.ts';
import { listChildren } from '../support/process-facts.ts';
import { findPort, makeServerScene, type ServerScene } from '../support/start-virtuald.ts';
import { openClient, talk } from '../support/talk.ts';

describe.runIf(needs('root', { program: 'gcc' }))(
  'A service that would join the process groups of others',
  () => {
    let scene: ServerScene;
    beforeAll(() => {
      scene = makeServerScene();
      const program = compileStatic(join(import.meta.dirname, '../fixtures/orphan-group.c'), scene.base);
      copyFileSync(program, join(scene.addTree('a.example'), 'usr/bin/orphan-group'));
      copyFileSync(program, join(scene.addTree('b.example'), 'usr/bin/orphan-group'));
    });
    afterAll(() => scene[Symbol.dispose]());

    test('cannot, neither that of virtuald nor that of another domain', async () => {
      const conf = scene.putConf('conf.groups', ['127.0.0.1 a.example', '127.0.0.2 b.example']);
      const port = await findPort();
      await using served = await scene.start(['--listen', String(port), conf, 'orphan-group']);
      using other = await openClient(port, { to: '127.0.0.2' });
      await served.untilTotal(({ running }) => running === 1);
      const [service] = listChildren(served.pid);
      for (const group of [served.pid, service?.pid ?? 0]) {
        expect(await talk(port, { say: `${group}\n` })).toBe('setpgid: EPERM\n');
      }
      other.socket.end('0\n');
      expect(await other.all()).toBe('setpgid: done\n');
      await served.until('ended: status 0', 3);
      expect(served.lines().filter((line) => line.includes('read again'))).toEqual([]);
    });
  },
);
