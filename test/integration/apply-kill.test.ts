import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hash1 } from '../support/declared.ts';
import { type KillPoint, listChangingCalls, runDriverKilled } from '../support/kill-command.ts';
import { listTree } from '../support/list-tree.ts';
import { needs } from '../support/needs.ts';
import { type ApplyWords, applied, apply } from '../support/run-apply.ts';
import { type Driver, runDriver, wasKilled } from '../support/run-driver.ts';
import { makeSandbox, removeSandbox, type Sandbox } from '../support/trees-root.ts';

const script = new URL('../support/apply-driver.ts', import.meta.url).pathname;

const before = `
[domains."one.org"]
addresses = ["192.0.2.1"]
aliases = ["www.one.org"]
[domains."one.org".users.bob]
[domains."one.org".users.eve]
[domains."two.org"]
addresses = ["192.0.2.2"]
aliases = ["www.two.org"]
[domains."old.org"]
`;

/** Something of everything: a domain goes, two exchange what they have, one comes, users and groups too. */
const after = `
[domains."one.org"]
addresses = ["192.0.2.2"]
aliases = ["www.two.org", "old.org"]
groups = ["devs"]
[domains."one.org".users.bob]
full-name = "Bob"
groups = ["www", "devs"]
password-hash = "!${hash1}"
[domains."one.org".users.anna]
[domains."two.org"]
addresses = ["192.0.2.1"]
aliases = ["www.one.org"]
[domains."new.org"]
addresses = ["192.0.2.3"]
[domains."new.org".users.anna]
shell = "/bin/sh"
password-hash = "!${hash1}"
`;

describe.runIf(needs('root', { program: 'strace' }))(
  'applyHost, killed before any call that changes the disk',
  () => {
    test('is completed by its repetition, and then finds nothing to do', { timeout: 900_000 }, async () => {
      const { calls, whole } = await undisturbed();
      const seen = { killed: 0, again: new Set<number>() };
      for (const point of choosePoints(calls)) {
        using at = await makeStart();
        if (wasKilled(await runDriverKilled(at.driver, point))) seen.killed += 1;
        const where = `${point.call} ${point.nth}`;
        seen.again.add((await applied(at.words)).length);
        expect(stateOf(at), where).toEqual(whole);
        expect(await applied(at.words), where).toEqual([]);
      }
      process.stdout.write(`apply: killed at ${seen.killed} of ${calls.length} calls\n`);
      expect(seen.killed).toBeGreaterThan(40);
      // Some were stopped early, some late.
      expect(seen.again.size).toBeGreaterThan(5);
    });
  },
);

describe.runIf(needs('root', { program: 'strace' }))('applyHost, interrupted', () => {
  test('ends the change at hand, makes no other, and goes on next time', { timeout: 60_000 }, async () => {
    using at = await makeStart();
    const users = ['anna', 'carl', 'dora'].map((name) => `[domains."one.org".users.${name}]\n`).join('');
    const words: ApplyWords = { settings: at.settings, toml: users };
    const inject = 'inject=rename,renameat,renameat2:signal=INT:when=1';
    const wrapper = [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=rename,renameat,renameat2',
      '-e',
      inject,
    ];
    expect(await runDriver({ script, words }, wrapper)).toMatchObject({ status: 130, code: 'Interrupted' });
    expect(readFileSync(join(at.root, 'one.org/etc/passwd'), 'utf8')).toMatch(/\nanna:.*\n$/u);
    expect(await applied(words)).toEqual(['+ carl of one.org', '+ dora of one.org']);
  });
});

interface Start extends Sandbox, Disposable {
  readonly words: ApplyWords;
  readonly driver: Driver;
}

async function makeStart(): Promise<Start> {
  const sandbox = makeSandbox();
  const { settings, root } = sandbox;
  const words: ApplyWords = { settings, toml: after, prune: true };
  const start = {
    ...sandbox,
    words,
    driver: { script, words },
    [Symbol.dispose]: () => removeSandbox(sandbox),
  };
  try {
    sandbox.putProfile('small', 'summary = "x"\ncommands = ["true"]\n');
    await apply({ settings, toml: before });
    writeFileSync(join(root, 'conf.ftp'), `192.0.2.1 ${root}/one.org\n192.0.2.2 ${root}/www.two.org\n`);
    writeFileSync(join(root, 'conf.pop'), `192.0.2.2 ${root}/two.org\n192.0.2.1 ${root}/one.org\n`);
    return start;
  } catch (error) {
    removeSandbox(sandbox);
    throw error;
  }
}

async function undisturbed(): Promise<{ readonly calls: readonly KillPoint[]; readonly whole: unknown }> {
  using at = await makeStart();
  const calls = await listChangingCalls(at.driver);
  return { calls, whole: stateOf(at) };
}

/** Each call by which something gets its name or goes; of those that make a tree or a home, and of openings, a part. */
function choosePoints(calls: readonly KillPoint[]): readonly KillPoint[] {
  return calls.filter(({ call, nth }) => {
    if (/^(?:rename|renameat|renameat2|symlink|symlinkat|syncfs|rmdir)$/u.test(call)) return true;
    return nth % (/^(?:unlink|unlinkat|fsync|flock)$/u.test(call) ? 5 : 60) === 1;
  });
}

/** Names, links, conf lines, records, trees and what is left of anything half-made. */
function stateOf({ root }: Start): unknown {
  const names = readdirSync(root)
    .filter((name) => name !== '.virtfs')
    .sort();
  const state = join(root, '.virtfs');
  return {
    names: names.map((name) =>
      /^(?:www|old)/u.test(name) ? `${name} -> ${readlinkSync(join(root, name))}` : name,
    ),
    conf: ['conf.ftp', 'conf.pop'].map((name) =>
      readFileSync(join(root, name), 'utf8').replaceAll(root, 'ROOT'),
    ),
    records: readdirSync(join(state, 'domains')).map((name) => recordOf(join(state, 'domains', name))),
    trees: ['one.org', 'two.org', 'new.org'].map((name) => listTree(join(root, name)).filter(isNoDeadLock)),
    manifests: readdirSync(join(state, 'manifests')),
    stage: readdirSync(join(state, 'stage')),
    trash: readdirSync(join(state, 'trash')).length,
  };
}

/** Files by which shadow-utils lock: who takes the lock next takes one of a dead process away. */
function isNoDeadLock(line: string): boolean {
  return !/^etc\/(?:passwd|group|shadow|gshadow)\.lock /u.test(line);
}

function recordOf(file: string): unknown {
  const { created, updated, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  return { ...rest, isDated: typeof created === 'string' && typeof updated === 'string' };
}
