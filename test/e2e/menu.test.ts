import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { ctrlC, down, enter, isCursorShown, showsText, textOn } from '../support/pty.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const question = 'in which domain?';

describe.runIf(needs('root', { program: 'script' }))('the menu of virtexec', () => {
  let sandbox: Sandbox;
  let out: string;
  const written = (name: string) => readFileSync(join(out, name), 'utf8');

  beforeAll(async () => {
    sandbox = mountSandbox();
    out = join(sandbox.root, '..');
    const minimal = ['--profile', 'minimal'];
    outOf(await sandbox.virtfs(['create', 'bücher.example', ...minimal]));
    outOf(await sandbox.virtfs(['create', 'one.example', '--alias', 'www.one.example', ...minimal]));
    outOf(await sandbox.virtfs(['create', 'two.example', ...minimal]));
    mkdirSync(join(sandbox.root, 'lost+found'));
    writeFileSync(join(sandbox.root, 'file.example'), '');
  });
  afterAll(() => sandbox[Symbol.dispose]());

  test('offers domains and aliases, and leaves out what is neither', async () => {
    const run = sandbox.onTerminal('exec "$virtexec" hostname');
    const offered = [
      'one.example',
      'two.example',
      'www.one.example -> one.example',
      'xn--bcher-kva.example (bücher.example)',
    ];
    for (const name of offered) await showsText(run, name);
    run.type(ctrlC);
    expect(await run.ended()).toBe(130);
    expect(textOn(run)).not.toMatch(/lost|file\.example|\.virtfs/u);
  });

  test('is drawn on the terminal while pipes stay the program’s', async () => {
    const run = sandbox.onTerminal(
      `stty -g > ${out}/before; printf 'b\\na\\n' | "$virtexec" sort > ${out}/sorted 2> ${out}/errors; stty -g > ${out}/after`,
    );
    await showsText(run, `Run sort ${question}`);
    run.type('two');
    await showsText(run, `${question} two`);
    await run.typeUntil(enter, '✔');
    expect(await run.ended()).toBe(0);
    expect([written('sorted'), written('errors')]).toEqual(['a\nb\n', '']);
    expect(written('after')).toBe(written('before'));
    expect(isCursorShown(run)).toBe(true);
  });

  test('takes arrow keys, and goes by an alias to the domain it points to', async () => {
    const run = sandbox.onTerminal('exec "$virtexec" hostname');
    await showsText(run, '❯ one.example');
    await run.typeUntil(down, '❯ www.one.example');
    await run.typeUntil(enter, '✔');
    expect(await run.ended()).toBe(0);
    expect(textOn(run).trim().split('\n').at(-1)).toBe('one.example');
  });

  test('leaves the terminal as it was after Ctrl-C, and runs nothing', async () => {
    const run = sandbox.onTerminal(
      `stty -g > ${out}/before; "$virtexec" touch /tmp/ran; echo "ended with $?"; stty -g > ${out}/after`,
    );
    await showsText(run, question);
    run.type(ctrlC);
    expect(await run.ended()).toBe(0);
    expect(textOn(run)).toContain('ended with 130');
    expect(written('after')).toBe(written('before'));
    expect(isCursorShown(run)).toBe(true);
    for (const domain of ['one.example', 'two.example'])
      expect(await sandbox.read(domain, 'ls', '/tmp')).toBe('');
  });

  test('draws without colours where NO_COLOR is set', async () => {
    const run = sandbox.onTerminal('exec "$virtexec" hostname', { NO_COLOR: '1' });
    await showsText(run, question);
    run.type(ctrlC);
    expect(await run.ended()).toBe(130);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
    expect(run.screen()).not.toMatch(/\u001b\[(?:3[0-7]|4[0-7]|9[0-7])m/u);
  });

  test('is an error that names --domain where there is no terminal', async () => {
    const { status, out: printed, err } = await sandbox.virtexec(['hostname']);
    expect([status, printed]).toEqual([64, '']);
    expect(err).toMatch(/NEEDS_TERMINAL[\s\S]*--domain/u);
  });
});
