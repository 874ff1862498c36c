import { describe, expect, it } from 'vitest';
import { type CommandSpec, defineCommand } from '../../../src/cli/command.ts';
import { runMain } from '../../../src/cli/run-main.ts';
import { fakeIo } from '../../support/fake-io.ts';

describe('a family of commands', () => {
  it('runs the command that its two words name, with the words behind them', async () => {
    expect(await virtfs('user', 'add', 'a.org', '--fast', 'bob')).toMatchObject({
      status: 0,
      out: ['user add: a.org bob fast'],
    });
  });

  it('is one line of the overview, under its heading, without what is hidden', async () => {
    const { out } = await virtfs('--help');
    expect(out.slice(2, 14)).toEqual([
      'usage: virtfs COMMAND [OPTION…] [ARGUMENT…]',
      '',
      'look:',
      '  list            list things',
      '',
      'people:',
      '  user …          users of a tree: add, remove',
      '',
      'help:',
      '  help [COMMAND]  show what a command does and takes',
      '  -h, --help      show this; behind a command, what it does and takes',
      '  -V, --version   show the version',
    ]);
  });

  it('shows its commands on stderr when the second word is missing, and ends with 64', async () => {
    const { status, out, err } = await virtfs('user');
    expect({ status, out }).toEqual({ status: 64, out: [] });
    expect(err).toContain('  user remove  take a user away');
  });

  it.each([[['user', '--help']], [['user', '-h']], [['help', 'user']], [['--help', 'user']]])(
    'shows them on stdout with %j',
    async (words) => {
      const { status, out, err } = await virtfs(...words);
      expect({ status, err }).toEqual({ status: 0, err: [] });
      expect(out).toEqual([
        'virtfs user: users of a tree',
        '',
        'usage: virtfs user add|remove [OPTION…] [ARGUMENT…]',
        '',
        'commands:',
        '  user add     make a user',
        '  user remove  take a user away',
        '',
        'What one of them takes: virtfs user add --help',
      ]);
    },
  );

  it.each([
    [['user', 'add', '--help']],
    [['user', 'add', 'a.org', '-h']],
    [['help', 'user', 'add']],
    [['help', 'user', 'add', 'a.org']],
  ])('shows help of one of them with %j', async (words) => {
    const { status, out } = await virtfs(...words);
    expect(status).toBe(0);
    expect(out.slice(0, 3)).toEqual([
      'virtfs user add: make a user',
      '',
      'usage: virtfs user add [OPTION…] DOMAIN USER',
    ]);
  });

  it('gives a command behind -- no help', async () => {
    expect(await virtfs('user', 'add', '--', '--help', 'x')).toMatchObject({
      status: 0,
      out: ['user add: --help x'],
    });
  });

  it.each([
    [['user', 'ad'], 'perhaps this is meant: virtfs user add'],
    [['user', 'frobnicate'], 'see what they do: virtfs user --help'],
    [['help', 'user', 'remov'], 'perhaps this is meant: virtfs user remove'],
    [['usr'], 'perhaps this is meant: virtfs user'],
    [['useradd'], 'perhaps this is meant: virtfs user add'],
    [['add'], 'see what there is: virtfs --help'],
    [['user\u001b', 'add'], 'perhaps this is meant: virtfs user'],
  ])('has no command %j, and says what is near', async (words, mend) => {
    const { status, err } = await virtfs(...words);
    expect(status).toBe(64);
    expect(err[0]).toContain('[UNKNOWN_COMMAND]');
    expect(err[0]).not.toContain('\u001b');
    expect(err[1]).toBe(`  ${mend}`);
  });

  it('names the commands of a family when the second word is none of them', async () => {
    const { err } = await virtfs('user', 'frobnicate');
    expect(err[0]).toContain("there is no command 'user frobnicate': the commands of user are add, remove [");
  });

  it('names first words alone when there is no such command', async () => {
    const { err } = await virtfs('frobnicate');
    expect(err[0]).toContain('the commands are list, user [');
  });

  it('does not take an option for the second word', async () => {
    const { status, err } = await virtfs('user', '--root', '/x', 'add');
    expect(status).toBe(64);
    expect(err).toEqual([
      "virtfs: there is no option '--root': a command of user comes first [BAD_USAGE]",
      '  see what there is: virtfs user --help',
    ]);
  });

  it('names both words in a complaint about the command line', async () => {
    const { err } = await virtfs('user', 'add', 'a.org');
    expect(err).toEqual([
      'virtfs: cannot read the command line of virtfs user add: it needs DOMAIN USER [BAD_USAGE]',
      '  usage: virtfs user add [OPTION…] DOMAIN USER; more: virtfs user add --help',
    ]);
  });
});

const table: readonly CommandSpec[] = [
  command('list', 'list things'),
  command('user add', 'make a user'),
  command('user remove', 'take a user away'),
  { ...command('user scrub', 'not for people'), hidden: true },
];

function command(name: string, summary: string): CommandSpec {
  return defineCommand({
    name,
    summary,
    operands: 'DOMAIN USER',
    takes: [2, 2],
    options: { fast: { type: 'boolean', help: 'hurry' } },
    description: [],
    examples: [],
    load: async () => async (call) => {
      call.io.out([`${name}:`, ...call.operands, ...(call.values.fast ? ['fast'] : [])].join(' '));
      return 0;
    },
  });
}

async function virtfs(...words: readonly string[]) {
  const io = fakeIo();
  const status = await runMain(table, words, io);
  return { status, out: io.outLines, err: io.errLines };
}
