import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../../src/cli/command.ts';
import { parseCommandLine } from '../../../src/cli/command-line.ts';
import { ownWords } from '../../../src/cli/own-words.ts';
import { runMain } from '../../../src/cli/run-main.ts';
import { fakeIo } from '../../support/fake-io.ts';

const spec = defineCommand({
  name: 'wrap',
  summary: 'run a program',
  operands: 'DOMAIN PROGRAM [ARG…]',
  takes: [2, Number.POSITIVE_INFINITY],
  optionsEndAt: 1,
  options: { user: { type: 'string', value: 'USER', help: 'who' }, json: { type: 'boolean', help: 'data' } },
  description: [],
  examples: [],
  load: async () => async () => {
    throw new Error('broken');
  },
});

describe('ownWords', () => {
  // biome-ignore format: a table
  it.each([
    [['d', 'ls', '-l', '--user', 'x'],        ['d']],
    [['--user', 'bob', 'd', 'ls', '--help'],  ['--user', 'bob', 'd']],
    [['d', '--user=bob', '--', 'ls', '--'],   ['d', '--user=bob', '--']],
    [['--', 'd', '-x', 'y'],                  ['--', 'd']],
    [['d'],                                   ['d']],
  ])('ends at the program: %j', (args, own) => {
    expect(ownWords(spec, args)).toEqual(own);
  });

  it('leaves all words to a command that runs no program', () => {
    expect(ownWords({ options: spec.options }, ['d', 'ls', '-l'])).toEqual(['d', 'ls', '-l']);
  });
});

describe('a command that runs a program', () => {
  it('gets the words of the program untouched', () => {
    expect(parseCommandLine('virtfs', spec, ['d', '--json', 'ls', '--json', '--', '--nosuch', '-x'])).toEqual(
      {
        operands: ['d', 'ls', '--json', '--', '--nosuch', '-x'],
        values: { __proto__: null, json: true },
      },
    );
  });

  it('refuses an unknown option of its own', () => {
    expect(() => parseCommandLine('virtfs', spec, ['d', '--nosuch', 'ls'])).toThrow(
      expect.objectContaining({ code: 'BAD_USAGE' }),
    );
  });

  it('shows help for --help before the program, and none behind it', async () => {
    const help = fakeIo();
    expect(await runMain([spec], ['wrap', 'd', '--help', 'ls'], help)).toBe(0);
    expect(help.outLines.join('\n')).toContain('wrap');
    const run = fakeIo();
    expect(await runMain([spec], ['wrap', 'd', 'ls', '--help'], run)).toBe(70);
  });

  it('takes --json behind the program for a word of the program', async () => {
    const named = fakeIo();
    await runMain([spec], ['wrap', '--user', '--json', 'ls'], named);
    expect(JSON.parse(named.errLines[0] ?? '')).toMatchObject({ code: 'BAD_USAGE' });
    const of = fakeIo();
    await runMain([spec], ['wrap', '--nosuch', 'd', 'ls', '--json'], of);
    expect(of.errLines[0]).toMatch(/^virtfs: /u);
  });
});
