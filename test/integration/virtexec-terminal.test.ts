import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MiniRoot, makeMiniRoot } from '../support/make-mini-root.ts';
import { needs } from '../support/needs.ts';
import { runOnTerminal } from '../support/on-terminal.ts';
import { runVirtexec, virtexecScript } from '../support/run-virtexec.ts';

const question = 'in which domain?';
const enter = '\r';
const down = '\u001b[B';
const ctrlC = '\u0003';

describe.runIf(needs('root', { program: 'gcc' }, { program: 'script' }))('virtexec on a terminal', () => {
  let root: MiniRoot;
  let out: string;
  const virtexec = () => [process.execPath, virtexecScript, '--root', root.path];
  const result = (name: string) => readFileSync(join(out, name), 'utf8');

  beforeAll(() => {
    root = makeMiniRoot();
    for (const domain of ['a.example', 'b.example', 'xn--bcher-kva.example']) root.addTree(domain);
    symlinkSync('b.example', join(root.path, 'alias.example'));
    symlinkSync('/etc', join(root.path, 'elsewhere.example'));
    out = join(root.path, '..');
  });
  afterAll(() => root[Symbol.dispose]());

  test('asks which domain while standard input and output are pipes, and gives them and the terminal on untouched', async () => {
    const command =
      'stty -g > OUT/before; printf piped | "$0" "$@" probe copy | cat > OUT/got; stty -g > OUT/after'.replaceAll(
        'OUT',
        out,
      );
    const [node = '', ...words] = virtexec();
    const run = runOnTerminal(command, [node, ...words]);
    await run.shows(question);
    run.type('B.EX');
    await run.shows(`${question} B.EX`);
    await run.typeUntil(down, '❯ b.example');
    await run.typeUntil(enter, '✔');
    expect(await run.ended()).toBe(0);
    expect(result('got')).toBe('b.example\npiped');
    expect(result('after')).toBe(result('before'));
  });

  test('lists domains and aliases, IDNs as people write them, and nothing else', async () => {
    const run = runOnTerminal('"$0" "$@" probe exit 0', virtexec());
    await run.shows(question);
    for (const name of [
      'a.example',
      'b.example',
      'alias.example -> b.example',
      'xn--bcher-kva.example (bücher.example)',
    ]) {
      await run.shows(name);
    }
    run.type(ctrlC);
    expect(await run.ended()).toBe(130);
    expect(run.screen()).not.toContain('elsewhere');
    expect(run.screen()).not.toContain('.virtfs');
  });

  test('gives the terminal back when the question is left by Ctrl-C', async () => {
    const command =
      'stty -g > OUT/before; "$0" "$@" probe create /tmp/ran; echo $? > OUT/status; stty -g > OUT/after';
    const run = runOnTerminal(command.replaceAll('OUT', out), virtexec());
    await run.shows(question);
    run.type(ctrlC);
    await run.ended();
    expect(result('status')).toBe('130\n');
    expect(result('after')).toBe(result('before'));
  });

  test('cannot be typed into by a program of a tree', async () => {
    const command =
      '"$0" "$@" --domain a.example probe tiocsti "injected\n"; IFS= read -r line; echo "line=$line"';
    const run = runOnTerminal(
      command.replace('\n', '\\n').replace('"injected\\n"', '"$(printf "injected\\nx")"'),
      virtexec(),
    );
    await run.shows('TIOCSTI: ');
    run.type(`typed${enter}`);
    await run.ended();
    expect(run.screen()).toContain('line=typed');
    expect(run.screen()).not.toContain('injected');
  });

  test('lets Ctrl-C reach the program', async () => {
    const run = runOnTerminal('"$0" "$@" --domain a.example probe sleep', virtexec());
    await run.shows('ready');
    run.type(ctrlC);
    expect(await run.ended()).toBe(130);
  });

  describe('with one domain only', () => {
    let one: MiniRoot;
    beforeEach(() => {
      one = makeMiniRoot();
      one.addTree('only.example');
      return () => one[Symbol.dispose]();
    });

    test('asks all the same, but not with --yes', async () => {
      const words = [process.execPath, virtexecScript, '--root', one.path];
      const asked = runOnTerminal('"$0" "$@" probe hostname', words);
      await asked.shows(question);
      await asked.typeUntil(enter, '✔');
      expect(await asked.ended()).toBe(0);
      const told = runOnTerminal('"$0" "$@" --yes probe hostname', words);
      expect(await told.ended()).toBe(0);
      expect(told.screen()).toBe('only.example\r\n');
    });
  });

  test('without a terminal names --domain', () => {
    const ended = runVirtexec(['--root', root.path, 'probe', 'hostname']);
    expect(ended).toMatchObject({ status: 64, out: '' });
    expect(ended.err).toContain('[NEEDS_TERMINAL]');
    expect(ended.err).toContain('--domain');
  });
});
