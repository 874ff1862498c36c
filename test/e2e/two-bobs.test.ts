import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { answer, enter, textOn } from '../support/pty.ts';
import { runAlone } from '../support/run-alone.ts';
import { mountSandbox, outOf, type Sandbox } from '../support/sandbox.ts';

const one = 'one.example';
const two = 'two.example';
const passwords: Readonly<Record<string, string>> = { [one]: 'First-bob-123', [two]: 'Other-bob-456' };

const wanted = ['script', 'pgrep'].map((program) => ({ program }));

describe.runIf(needs('root', ...wanted))('two domains with a bob each', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = mountSandbox();
    outOf(await sandbox.virtfs(['create', one, '--address', '192.0.2.1', '--alias', 'www.one.example']));
    outOf(await sandbox.virtfs(['create', two, '--address', '192.0.2.2', '--alias', 'www.two.example']));
    for (const [domain, password] of Object.entries(passwords)) {
      await sandbox.read(domain, 'useradd', '-m', 'bob');
      const chpasswd = ['--domain', domain, 'chpasswd'];
      outOf(await sandbox.virtexec(chpasswd, { input: `bob:${password}\n` }));
      await sandbox.read(
        domain,
        'sh',
        '-c',
        'hostname > ~bob/mine && chown bob ~bob/mine && chmod 600 ~bob/mine',
      );
    }
  });
  afterAll(() => sandbox[Symbol.dispose]());

  test('know each their own bob by his own password alone', async () => {
    for (const domain of [one, two]) {
      expect(await becomeBob(domain, passwords[domain] ?? '')).toEqual({ status: 0, said: domain });
      const other = passwords[domain === one ? two : one] ?? '';
      expect(await becomeBob(domain, other)).toEqual({ status: 1, said: 'su: Authentication failure' });
    }
  });

  test('never give the same user id twice', async () => {
    const { domains } = JSON.parse(outOf(await sandbox.virtfs(['list', '--json']))) as {
      readonly domains: readonly { readonly uids: { readonly first: number; readonly count: number } }[];
    };
    const [a, b] = domains.map(({ uids }) => uids);
    if (!a || !b) throw new Error('two domains are listed');
    expect(a.first + a.count <= b.first || b.first + b.count <= a.first).toBe(true);
    for (const [domain, { first, count }] of [[one, a] as const, [two, b] as const]) {
      const bob = Number(await sandbox.read(domain, 'id', '-u', 'bob'));
      expect(bob).toBeGreaterThanOrEqual(first);
      expect(bob).toBeLessThan(first + count);
    }
  });

  test('go each by their own name', async () => {
    expect(await sandbox.read(one, 'hostname')).toBe(one);
    expect(await sandbox.read(two, 'hostname')).toBe(two);
  });

  test('do not reach the files of the other, not even as root', async () => {
    const other = `${sandbox.root}/${two}/home/bob/mine`;
    const tries = [
      other,
      `/../${two}/home/bob/mine`,
      `/proc/1/root${other}`,
      `/proc/self/root/../${two}/home/bob/mine`,
    ];
    for (const path of tries) {
      const { status, out } = await sandbox.virtexec(['--domain', one, 'cat', path]);
      expect([path, status, out]).toEqual([path, 1, '']);
    }
    const found = await sandbox.virtexec(['--domain', one, 'find', '/', '-name', 'mine']);
    expect(found.out).toBe('/home/bob/mine\n');
    expect(await sandbox.read(one, 'cat', '/home/bob/mine')).toBe(one);
  });

  test('do not see or end the programs of the other', async () => {
    const asleep = sandbox.virtexec(['--domain', two, 'sh', '-c', 'echo $$; exec sleep 3.21']);
    const sleeper = await findProcess('3.21');
    expect(await sandbox.read(one, 'sh', '-c', 'ls -d /proc/[0-9]*')).not.toContain(`/proc/${sleeper}\n`);
    const { status, err } = await sandbox.virtexec(['--domain', one, 'sh', '-c', `kill -9 ${sleeper}`]);
    expect([status, err]).toEqual([1, expect.stringMatching(/Operation not permitted|No such process/u)]);
    expect(await asleep).toMatchObject({ status: 0, signal: null });
  });

  test('hold the name and the addresses of the other nowhere', async () => {
    for (const [domain, stranger] of [
      [one, 'two'],
      [two, 'one'],
    ] as const) {
      const names = ['-e', `${stranger}.example`, '-e', stranger === 'one' ? '192.0.2.1' : '192.0.2.2'];
      const grep = ['grep', '-rIlF', '--devices=skip', ...names, `${sandbox.root}/${domain}`];
      expect(await runAlone(grep)).toMatchObject({ status: 1, out: '' });
    }
    // The search itself finds what is there.
    const own = ['grep', '-rIlF', '--devices=skip', '-e', one, `${sandbox.root}/${one}/etc`];
    expect((await runAlone(own)).out).toContain('/etc/hosts');
  });

  /** Becomes bob from the administrator's account, as anyone who is not root does: at a terminal, with a password. */
  async function becomeBob(domain: string, password: string) {
    const run = sandbox.onTerminal(`exec "$virtexec" --domain ${domain} --user admin su bob -c 'cat ~/mine'`);
    await answer(run, [['Password:', `${password}${enter}`]]);
    const status = await run.ended();
    return { status, said: textOn(run).trim().split('\n').at(-1) };
  }
});

/** The number of the process whose command line ends in `word`. */
async function findProcess(word: string): Promise<number> {
  for (;;) {
    const { out } = await runAlone(['pgrep', '-f', `^sleep ${word}$`]);
    if (out !== '') return Number.parseInt(out, 10);
  }
}
