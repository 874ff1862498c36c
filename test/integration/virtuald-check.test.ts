import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { virtualdScript } from '../support/one-shot-scene.ts';
import { runProgram } from '../support/run-virtexec.ts';

describe.runIf(needs('root', { program: 'gcc' }))('virtuald --check', () => {
  let root: MiniRoot;
  let configDir: string;
  const check = (...words: string[]) =>
    runProgram([process.execPath, virtualdScript, '--check', ...words], {
      env: { VIRTFS_ROOT: root.path, VIRTFS_CONFIG_DIR: configDir },
    });
  const put = (path: string, text: string) => writeFileSync(path, text, { mode: 0o644 });

  beforeAll(() => {
    root = makeMiniRoot();
    root.addTree('a.example');
    chmodSync(root.addTree('b.example'), 0o777);
    configDir = join(root.path, '../config');
    mkdirSync(configDir);
  });
  afterAll(() => root[Symbol.dispose]());

  test('has nothing to say where there is nothing', () => {
    expect(check()).toMatchObject({ status: 0, out: 'there is no file of addresses to check\n', err: '' });
  });

  test('says what is wrong with the lines of every CONF, and with the trees they name', () => {
    put(join(root.path, 'conf.ftp'), `127.0.0.1 ${root.path}/a.example\n127.0.0.2 ${root.path}/b.example\n`);
    put(
      join(root.path, 'conf.pop'),
      `127.0.0.1\nx ${root.path}/a.example\ndefault ${root.path}/gone.example\n127.0.0.3 /etc`,
    );
    const { status, out, err } = check();
    expect({ status, err }).toEqual({ status: 65, err: '' });
    expect(out.split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(/conf\.ftp: cannot enter .*b\.example: others than its owner may write it$/u),
      expect.stringMatching(/conf\.pop, line 1: '127\.0\.0\.1' has no directory behind it$/u),
      expect.stringMatching(/conf\.pop, line 2: 'x' is neither/u),
      expect.stringMatching(/conf\.pop, line 4: \/etc is not directly below a root of trees/u),
      expect.stringMatching(/conf\.pop: there is no domain gone\.example/u),
    ]);
  });

  test('looks at one CONF where it is told which, by its path or its name in the root of trees', () => {
    put(join(root.path, 'conf.good'), `default ${root.path}/a.example`);
    for (const word of ['conf.good', join(root.path, 'conf.good')])
      expect(check(word)).toMatchObject({
        status: 0,
        out: `nothing to complain of: ${root.path}/conf.good\n`,
      });
    expect(check('/nonexistent/conf.x')).toMatchObject({
      status: 65,
      out: '/nonexistent/conf.x: there is no such file\n',
    });
  });

  test('looks at virtuald.toml and what it names, and at nothing else', () => {
    const file = join(configDir, 'virtuald.toml');
    put(file, '[service.ftp]\nconf = "conf.good"\nprogram = ["vsftpd"]\n');
    expect(check()).toMatchObject({ status: 0, out: `nothing to complain of: ${root.path}/conf.good\n` });
    put(file, '[service.ftp]\nconf = "conf.good"\n');
    expect(check()).toMatchObject({ status: 65 });
    expect(check().out).toContain('service.ftp has no program');
    expect(check('--config', '/nonexistent/x.toml').out).toContain(
      'cannot read /nonexistent/x.toml: there is no such file',
    );
  });
});
