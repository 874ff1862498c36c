import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { runMain } from '../../src/cli/run-main.ts';
import { mailServers } from '../../src/mail/plan-server-config.ts';
import { fakeIo } from '../support/fake-io.ts';
import { needs } from '../support/needs.ts';
import { type MailScene, makeMailScene } from '../support/start-virtmaild.ts';

describe.runIf(needs('root'))('virtfs mail', () => {
  let scene: MailScene;
  const run = async (...words: string[]) => {
    const io = fakeIo({ env: { VIRTFS_CONFIG_DIR: join(scene.base, 'config') } });
    const status = await runMain(commands, ['mail', ...words, '--root', scene.root], io);
    return { status, out: io.outLines.join('\n'), err: io.errLines.join('\n') };
  };

  beforeAll(() => {
    scene = makeMailScene();
    scene.addTree('foo.bar.com', ['bob']);
    symlinkSync('foo.bar.com', join(scene.root, 'alias.example'));
  });
  afterAll(() => scene[Symbol.dispose]());

  test.each(mailServers)('config %s prints every domain and alias, and lays nothing', async (server) => {
    const dir = join(scene.base, `look-${server}`);
    mkdirSync(dir);
    const { status, out } = await run('config', server, '--etc', dir);
    expect([status, out]).toEqual([0, expect.stringMatching(/alias\.example.*foo\.bar\.com/su)]);
    expect((await run('config', server, '--etc', dir, '--install', '--dry-run')).err).toContain(
      'would be laid',
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  test.each(mailServers)('config %s --install lays its own files, and renews them alone', async (server) => {
    const dir = join(scene.base, `lay-${server}`);
    mkdirSync(dir);
    const install = () => run('config', server, '--etc', dir, '--install', '--json');
    const { files, laid } = JSON.parse((await install()).out);
    expect(laid).toEqual(files.map(({ path }: { path: string }) => path));
    for (const { path, text } of files) {
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(statSync(path).mode & 0o777).toBe(0o644);
    }
    expect(JSON.parse((await install()).out).laid).toEqual([]);
    const last = files.at(-1).path;
    for (const put of [
      () => writeFileSync(last, 'of somebody else\n'),
      () => symlinkSync(join(scene.base, 'elsewhere'), last),
    ]) {
      unlinkSync(last);
      put();
      const { status, err } = await install();
      expect([status, err]).toEqual([73, expect.stringContaining('PATH_TAKEN')]);
    }
  });

  test.each(['etc/postfix', '/no/such/folder', '/etc/x y', '/etc/x;y', "/etc/x'y"])(
    'config refuses --etc %s',
    async (dir) => {
      expect((await run('config', 'postfix', '--install', '--etc', dir)).status).toBeOneOf([64, 66]);
    },
  );

  test('test delivers a message and says where it is', async () => {
    const { status, out } = await run('test', 'BOB@alias.example', '--sender', 'ann@example.net');
    expect(status).toBe(0);
    expect(readFileSync(out, 'utf8')).toMatch(
      /^Return-Path: <ann@example\.net>\nDelivered-To: BOB@alias\.example\nFrom: ann@example\.net\nTo: /u,
    );
    const refused = await run('test', 'nobody-there@foo.bar.com', '--json');
    expect([refused.status, JSON.parse(refused.out).outcome.status]).toEqual([67, '5.1.1']);
    expect((await run('test', 'bob@foo.bar.com', '--sender', 'a@b.c\nX: y')).status).toBe(64);
  });
});
