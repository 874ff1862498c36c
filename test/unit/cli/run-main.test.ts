import { describe, expect, it } from 'vitest';
import { type CommandRun, type CommandSpec, defineCommand } from '../../../src/cli/command.ts';
import { commands } from '../../../src/cli/command-table.ts';
import type { Io } from '../../../src/cli/io.ts';
import { runMain } from '../../../src/cli/run-main.ts';
import { Interrupted } from '../../../src/errors/interrupted.ts';
import { VirtfsError } from '../../../src/errors/virtfs-error.ts';
import { fakeIo } from '../../support/fake-io.ts';

describe('runMain', () => {
  it('gives a command its operands and options and ends with its status', async () => {
    const seen: unknown[] = [];
    const run: CommandRun = async ({ operands, values }) => {
      seen.push(operands, { ...values });
      return 1;
    };
    const { status } = await virtfs(['paint', 'a', '--colour=red', '-f', 'b', '--', '--c'], [paint(run)]);
    expect(status).toBe(1);
    expect(seen).toEqual([['a', 'b', '--c'], { colour: 'red', fast: true }]);
  });

  it('says what, why, code and mend of an error, and ends with the status of its code', async () => {
    const { status, err } = await virtfs(['paint'], [paint(throwing(noDomain))]);
    expect(status).toBe(66);
    expect(err).toEqual(['virtfs: cannot find it: it is gone [DOMAIN_MISSING]', '  make it anew']);
  });

  it('says the same as one JSON object with --json, wherever that stands', async () => {
    const { err } = await virtfs(['paint', '--json'], [paint(throwing(noDomain))]);
    expect(err.map((line) => JSON.parse(line))).toEqual([
      { code: 'DOMAIN_MISSING', what: 'cannot find it', why: 'it is gone', mend: 'make it anew' },
    ]);
    const unreadable = await virtfs(['paint', '--frob', '--json'], [paint(throwing(noDomain))]);
    expect(JSON.parse(unreadable.err[0] ?? '')).toMatchObject({ code: 'BAD_USAGE' });
  });

  it('takes --json behind -- for an operand', async () => {
    const { err } = await virtfs(['paint', '--', '--json'], [paint(throwing(noDomain))]);
    expect(err[0]).toMatch(/^virtfs: /u);
  });

  it('lets no control character of a message reach the terminal', async () => {
    const error = new VirtfsError('IO_ERROR', { what: 'a\u001b[2Jb', why: 'c\rd', mend: 'e\u0007\\x1b' });
    const { err } = await virtfs(['paint'], [paint(throwing(error))]);
    expect(err).toEqual(['virtfs: a\\x1b[2Jb: c\\x0dd [IO_ERROR]', '  e\\x07\\x1b']);
  });

  it('calls anything else a bug, shows where, and ends with 70', async () => {
    const { status, err } = await virtfs(['paint'], [paint(throwing(new TypeError('oops')))]);
    expect(status).toBe(70);
    expect(err.join('\n')).toMatch(/bug of virtfs, please report[\s\S]*TypeError: oops\n +at /u);
  });

  it.each([
    ['SIGINT', 130, ['virtfs: stopped by SIGINT']],
    ['SIGTERM', 143, ['virtfs: stopped by SIGTERM']],
    ['SIGPIPE', 141, []],
  ] as const)(
    'ends as a shell expects after %s, whatever the command threw',
    async (signal, wanted, said) => {
      const stop = new AbortController();
      const run: CommandRun = async () => {
        stop.abort(new Interrupted(signal));
        throw new DOMException('The operation was aborted', 'AbortError');
      };
      const { status, err } = await virtfs(['paint'], [paint(run)], { signal: stop.signal });
      expect({ status, err }).toEqual({ status: wanted, err: said });
    },
  );

  it('ends with 130 when the command came to its end all the same', async () => {
    const signal = AbortSignal.abort(new Interrupted('SIGINT'));
    expect((await virtfs(['paint'], [paint(async () => 0)], { signal })).status).toBe(130);
  });
});

describe('virtfs', () => {
  it('shows every command but the hidden ones when it is called bare, on stderr, and ends with 64', async () => {
    const { status, out, err } = await virtfs([]);
    expect({ status, out }).toEqual({ status: 64, out: [] });
    for (const name of ['create', 'list', 'show', 'explain', 'profiles', 'profile', 'completion']) {
      expect(err).toContainEqual(expect.stringMatching(new RegExp(`^  ${name} `, 'u')));
    }
    expect(err.join('\n')).not.toContain('generate');
  });

  it.each([['--help'], ['-h'], ['help']])('shows that with %s on stdout and ends with 0', async (word) => {
    const bare = await virtfs([]);
    expect(await virtfs([word])).toEqual({ status: 0, out: bare.err, err: [] });
  });

  it.each([
    ['create', '--help'],
    ['create', 'example.org', '-h', '--frob'],
    ['help', 'create'],
    ['--help', 'create'],
  ])('shows help of a command: %s %s', async (...words) => {
    const { status, out } = await virtfs(words);
    expect(status).toBe(0);
    expect(out[0]).toBe("virtfs create: make a domain's file tree");
    expect(out).toMatchSnapshot();
  });

  it('has help for every command, in lines that fit', async () => {
    for (const { name } of commands) {
      const { status, out } = await virtfs([...name.split(' '), '--help'], commands, { columns: 60 });
      expect(status).toBe(0);
      const prose = out.filter((line) => !/^(?:usage:| {2}virtfs | {2}source )/u.test(line));
      expect(prose.filter((line) => line.length > 60)).toEqual([]);
    }
  });

  it('names the nearest command for an unknown one', async () => {
    const { status, err } = await virtfs(['creat']);
    expect(status).toBe(64);
    expect(err[0]).toContain('[UNKNOWN_COMMAND]');
    expect(err[1]).toBe('  perhaps this is meant: virtfs create');
  });

  it('does not take an option for a command', async () => {
    const { status, err } = await virtfs(['--root', '/x', 'list']);
    expect(status).toBe(64);
    expect(err[0]).toContain("there is no option '--root': a command comes first [BAD_USAGE]");
  });

  it.each([
    [['create', '--profle', 'x'], 'there is no option --profle, perhaps --profile is meant'],
    [['create', '-x'], 'there is no option -x'],
    [['create', '--__proto__=1'], 'there is no option --__proto__'],
    [['create', '--root'], '--root needs a value: --root DIR'],
    [['create', '--root', '--yes'], "--root needs a value, and '--yes' looks like an option: --root=DIR"],
    [['create', '--yes=no'], '--yes takes no value'],
    [['show'], 'it needs DOMAIN'],
    [['list', 'a\u001bb'], "'a\\x1bb' is one word too many"],
    [['explain', 'a.org'], 'it needs DOMAIN PATH'],
    [['completion', 'tcsh'], 'SHELL is one of bash, zsh, fish'],
    [['create', 'a.org', 'b.org', '--address', '192.0.2.1'], 'an address or alias belongs to one domain'],
    [['create', 'a.org', '--link', 'symlink'], '--link is one of auto, reflink, hardlink, copy'],
    [['create', 'a.org', '--alias', 'A.org'], 'a.org cannot be an alias of itself'],
    [['create', 'a.org', '-q', '-v'], '--quiet and --verbose contradict each other'],
    [['create', 'a.org', '--profile', 'login,'], 'a name of a profile is empty'],
  ])('refuses %j', async (words, why) => {
    const { status, out, err } = await virtfs(words);
    expect({ status, out }).toEqual({ status: 64, out: [] });
    expect(err[0]).toContain(why);
    expect(err[0]).toContain('[BAD_USAGE]');
  });

  it.each([
    [['create', 'not a name'], 65, 'BAD_DOMAIN_NAME'],
    [['create', 'a.org', '--address', '192.0.2.1/24'], 65, 'BAD_ADDRESS'],
    [['create', 'a.org', '--admin', 'root'], 65, 'BAD_USER_NAME'],
    [['list', '--root', 'trees'], 64, 'BAD_USAGE'],
  ])('ends %j with %d', async (words, wanted, code) => {
    const { status, err } = await virtfs(words);
    expect(status).toBe(wanted);
    expect(err[0]).toContain(`[${code}]`);
  });

  it('names the argument when there is no domain and nobody to ask', async () => {
    const { status, err } = await virtfs(['create']);
    expect(status).toBe(64);
    expect(err[0]).toContain('DOMAIN');
    expect(err[0]).toContain('there is no terminal to ask on [NEEDS_TERMINAL]');
    const forbidden = await virtfs(['create', '--yes'], commands, { interactive: true });
    expect(forbidden.err[0]).toContain('--yes forbids to ask [NEEDS_TERMINAL]');
  });
});

const noDomain = new VirtfsError('DOMAIN_MISSING', {
  what: 'cannot find it',
  why: 'it is gone',
  mend: 'make it anew',
});

async function virtfs(
  words: readonly string[],
  table: readonly CommandSpec[] = commands,
  given: Partial<Io> = {},
) {
  const io = fakeIo(given);
  const status = await runMain(table, words, io);
  return { status, out: io.outLines, err: io.errLines };
}

function paint(run: CommandRun): CommandSpec {
  return defineCommand({
    name: 'paint',
    summary: 'paint things',
    operands: '[THING…]',
    takes: [0, Number.POSITIVE_INFINITY],
    options: {
      colour: { type: 'string', value: 'C', help: 'which' },
      fast: { type: 'boolean', short: 'f', help: 'hurry' },
      json: { type: 'boolean', help: 'as data' },
    },
    description: [],
    examples: [],
    load: async () => run as never,
  });
}

function throwing(error: unknown): CommandRun {
  return async () => {
    throw error;
  };
}
