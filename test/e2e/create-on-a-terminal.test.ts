import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, describe, expect } from 'vitest';
import { needs } from '../support/needs.ts';
import type { TerminalRun } from '../support/on-terminal.ts';
import { answer, ctrlC, down, enter, isCursorShown, showsText, textOn } from '../support/pty.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const test = base.extend<{ sandbox: Sandbox }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from here
  sandbox: async ({}, use) => {
    using sandbox = mountSandbox();
    await use(sandbox);
  },
});

/** Titles of the task list, and of each what its count looks like. */
// biome-ignore format: a table
const steps: readonly (readonly [title: string, count: string])[] = [
  ['Inspect the host',            'login on this host'],
  ['Plan',                        '\\d+ entries'],
  ['Fill the store',              '\\d+ files, \\d+ new \\(\\d+\\.\\d MB\\), shared by hardlink'],
  ['Make directories',            '\\d+'],
  ['Link programs and libraries', '\\d+'],
  ['Write accounts and PAM',      '\\d+'],
  ['Make devices and log',        '\\d+'],
  ['Lay out web folders',         '\\d+'],
  ['Check',                       '1 tree as planned'],
];

describe.runIf(needs('root', { program: 'script' }))('virtfs create on a terminal', () => {
  test('asks for all it needs and makes the tree that was asked for', async ({ sandbox }) => {
    outOf(
      await sandbox.virtfs(['create', 'taken.example', '--profile', 'minimal', '--address', '192.0.2.1']),
    );
    const run = wizard(sandbox);
    await showsText(run, 'Domain');
    await refuse(run, 'taken.example', 'There is taken.example already');
    await refuse(run, 'a..b', 'Not a domain name');
    run.type('Bücher.example');
    await showsText(run, 'Bücher.example (xn--bcher-kva.example)');
    await answerRest(run, sandbox, async () => {
      await showsText(run, 'Profile');
      // The default stands first under the cursor; what it holds is shown below.
      await showsText(run, '❯ login: ');
      await showsText(run, 'all of minimal; bash');
      await run.typeUntil(down, '❯ minimal: ');
    });
    await showsText(run, 'Addresses');
    await refuse(run, '192.0.2.1', 'taken.example has 192.0.2.1');
    run.type(`192.0.2.2 2001:DB8::2${enter}`);
    await answer(run, [
      ['Services (', `ftp pop${enter}`],
      ["The administrator's user name", `anna${enter}`],
    ]);
    await showsText(run, 'Make it?');
    const summary = textOn(run);
    expect(summary).toMatch(/domain +xn--bcher-kva\.example \(bücher\.example\)/u);
    expect(summary).toContain(`${sandbox.root}/xn--bcher-kva.example`);
    expect(summary).toMatch(/profile +minimal\n/u);
    expect(summary).toMatch(/services +ftp pop\n/u);
    expect(summary).toMatch(/addresses +192\.0\.2\.2 2001:db8::2\n/u);
    expect(summary).toMatch(/takes +\d+ entries, \S+ kB of its own in \d+ inodes/u);
    run.type(enter);
    expect(await run.ended()).toBe(0);
    expect(textOn(run)).toMatch(/Try next:[\s\S]*virtexec --domain xn--bcher-kva\.example passwd/u);
    expect(isCursorShown(run)).toBe(true);
    const shown = await sandbox.virtfs(['show', 'bücher.example', '--json']);
    expect(JSON.parse(outOf(shown))).toMatchObject({
      domain: 'xn--bcher-kva.example',
      profiles: ['minimal'],
      addresses: ['192.0.2.2', '2001:db8::2'],
      admin: 'anna',
    });
    expect(await sandbox.read('xn--bcher-kva.example', 'hostname')).toBe('xn--bcher-kva.example');
    const line = (address: string) => `${address} ${sandbox.root}/xn--bcher-kva.example\n`;
    for (const file of ['conf.ftp', 'conf.pop'])
      expect(readFileSync(join(sandbox.root, file), 'utf8')).toBe(line('192.0.2.2') + line('2001:db8::2'));
  });

  test('makes nothing when the answer is no', async ({ sandbox }) => {
    const run = sandbox.onTerminal('exec "$virtfs" create --profile minimal --root "$VIRTFS_ROOT"');
    await answer(run, [
      ['Domain', `one.example${enter}`],
      ['Addresses', enter],
      ["The administrator's user name", enter],
      ['Make it?', `n${enter}`],
    ]);
    expect(await run.ended()).toBe(0);
    expect(textOn(run)).toContain('Nothing was made.');
    expect(existsSync(sandbox.root)).toBe(false);
  });

  test('shows a list of its steps with what each did', async ({ sandbox }) => {
    const run = sandbox.onTerminal('exec "$virtfs" create one.example --link hardlink');
    expect(await run.ended()).toBe(0);
    // Counts are drawn when a step ends, so what is read is the last drawing.
    const text = textOn(run);
    const last = text.slice(text.lastIndexOf('✔ Inspect the host'));
    for (const [title, count] of steps) expect(last).toMatch(new RegExp(`✔ ${title}: ${count}`, 'u'));
    expect(last).toContain(`✔ Publish: ${sandbox.root}/one.example`);
    expect(isCursorShown(run)).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
    expect(run.screen()).toMatch(/\u001b\[3[0-7]m/u);
  });

  test('draws it without colours where NO_COLOR is set', async ({ sandbox }) => {
    const run = sandbox.onTerminal('exec "$virtfs" create one.example --profile minimal', { NO_COLOR: '1' });
    expect(await run.ended()).toBe(0);
    expect(textOn(run)).toContain('✔ Publish');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
    expect(run.screen()).not.toMatch(/\u001b\[(?:3[0-7]|4[0-7]|9[0-7])m/u);
  });

  describe('left by Ctrl-C', () => {
    test.for(['Domain', 'Folder that holds', 'Profile', 'Addresses', 'Make it?'])(
      'at the question %s changes nothing and gives the terminal back',
      async (last, { sandbox }) => {
        const run = watched(sandbox, '"$virtfs" create');
        const questions = [
          ['Domain', `one.example${enter}`],
          ['Folder that holds', enter],
          ['Profile', enter],
          ['Addresses', enter],
          ["The administrator's user name", enter],
          ['Make it?', enter],
        ] as const;
        const before = questions.slice(
          0,
          questions.findIndex(([question]) => question === last),
        );
        await answer(run, [...before, [last, ctrlC]]);
        await expectInterrupted(run, sandbox);
        expect(existsSync(sandbox.root)).toBe(false);
      },
    );

    test('in the midst of its steps leaves no domain behind, and the next call works', async ({
      sandbox,
    }) => {
      outOf(await sandbox.virtfs(['create', 'first.example']));
      const names = Array.from({ length: 300 }, (_, index) => `d${index}.example`).join(' ');
      const run = watched(sandbox, `"$virtfs" create ${names}`);
      // The list shows all titles from the start; this one is done.
      await showsText(run, '✔ Make directories');
      run.type(ctrlC);
      await expectInterrupted(run, sandbox);
      expect(readdirSync(sandbox.root).sort()).toEqual(['.virtfs', 'first.example']);
      const state = join(sandbox.root, '.virtfs');
      expect(readdirSync(join(state, 'stage'))).toEqual([]);
      expect(readdirSync(join(state, 'domains'))).toEqual(['first.example.json']);
      expect(readdirSync(join(state, 'manifests'))).toEqual(['first.example.json']);
      outOf(await sandbox.virtfs(['create', 'd0.example']));
      expect(await sandbox.read('d0.example', 'hostname')).toBe('d0.example');
    });
  });
});

function wizard(sandbox: Sandbox): TerminalRun {
  return sandbox.onTerminal('exec "$virtfs" create');
}

/** Types what is refused, waits for why, and wipes it out again. */
async function refuse(run: TerminalRun, text: string, why: string): Promise<void> {
  run.type(`${text}${enter}`);
  await showsText(run, why);
  run.type('\u007f'.repeat(text.length));
}

/** Goes on behind the domain, which is typed already, to the profile. */
async function answerRest(
  run: TerminalRun,
  sandbox: Sandbox,
  chooseProfile: () => Promise<void>,
): Promise<void> {
  run.type(enter);
  await showsText(run, 'Folder that holds the domains');
  await showsText(run, sandbox.root);
  run.type(enter);
  await chooseProfile();
  run.type(enter);
}

/** Runs a command in a shell that Ctrl-C does not end, and notes beside the root how it ended and how the terminal was set. */
function watched({ root, onTerminal }: Sandbox, command: string): TerminalRun {
  const at = join(root, '..');
  return onTerminal(
    `trap : INT; stty -g > ${at}/before; ${command}; echo $? > ${at}/status; stty -g > ${at}/after`,
  );
}

async function expectInterrupted(run: TerminalRun, { root }: Sandbox): Promise<void> {
  await run.ended();
  const noted = (name: string) => readFileSync(join(root, '..', name), 'utf8');
  expect(noted('status')).toBe('130\n');
  expect(noted('after')).toBe(noted('before'));
  expect(isCursorShown(run)).toBe(true);
  expect(textOn(run)).not.toMatch(/bug|Error/u);
}
