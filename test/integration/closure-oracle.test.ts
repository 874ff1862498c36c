import { existsSync, globSync, readdirSync, realpathSync } from 'node:fs';
import { arch } from 'node:process';
import { describe, expect, test } from 'vitest';
import { planClosure } from '../../src/closure/plan-closure.ts';
import type { ElfFacts } from '../../src/domain/program-facts.ts';
import { askEach, askLoader, type LoaderAnswer } from '../support/ask-loader.ts';
import { realHost } from '../support/host-view.ts';
import { ourAnswer, withoutNotes } from '../support/our-answer.ts';

const systemLoader = arch === 'arm64' ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2';
const host = withoutNotes(realHost());

/** Every object of this machine's programs and PAM modules that has anything to load, by its real path. */
const objects = ['/usr/bin', '/usr/sbin', ...globSync('/usr/lib/**/security')]
  .flatMap((dir) => readdirSync(dir).map((name) => `${dir}/${name}`))
  .filter((path) => existsSync(path))
  .map((path) => realpathSync(path))
  .filter((path, index, all) => all.indexOf(path) === index)
  .flatMap((path): { path: string; facts: ElfFacts }[] => {
    const facts = host.program(path);
    return facts.kind === 'elf' && facts.needed.length > 0 ? [{ path, facts }] : [];
  });

// A preloaded library is nothing a program asks for: with one, the loader's list is another question.
describe.runIf(!existsSync('/etc/ld.so.preload'))('planClosure on this machine', () => {
  test('lists for every program and PAM module exactly what the dynamic loader lists', {
    timeout: 300_000,
  }, async () => {
    const differing: { path: string; ours: LoaderAnswer; theirs: LoaderAnswer }[] = [];
    await askEach(objects, async ({ path, facts }) => {
      const loader = facts.interpreter ?? systemLoader;
      const theirs = withLoader(await askLoader(loader, path), facts);
      const ours = ourAnswer(path, host);
      const same =
        theirs.missing.length > 0 ? equal(ours.missing, theirs.missing) : equal(ours.paths, theirs.paths);
      if (!same || theirs.failure !== undefined) differing.push({ path, ours, theirs });
    });
    expect(differing).toEqual([]);
    expect(objects.length).toBeGreaterThan(100);
  });

  test('lists for all of them at once what it lists one by one', () => {
    const single = new Set(objects.flatMap(({ path }) => ourAnswer(path, host).paths));
    const roots = objects.map(({ path }) => ({ path, why: 'under test' }));
    const together = planClosure(roots, host, { searchPath: [], missing: 'report' });
    expect(together.files.map(({ path }) => path).sort()).toEqual([...single].sort());
  });
});

/** The kernel opens a program's loader whether or not the loader's list has it. */
function withLoader(answer: LoaderAnswer, { interpreter }: ElfFacts): LoaderAnswer {
  if (interpreter === undefined) return answer;
  return { ...answer, paths: [...new Set([...answer.paths, interpreter])].sort() };
}

function equal(one: readonly string[], other: readonly string[]): boolean {
  return one.join('\n') === other.join('\n');
}
