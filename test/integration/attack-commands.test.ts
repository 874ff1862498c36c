import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arena, makeArena, neighbour } from '../support/attack/arena.ts';
import { attackCommand } from '../support/attack/attack-command.ts';
import { type AttackedCommand, listAttackedCommands } from '../support/attack/attacked-commands.ts';
import { attackedFacts, listStore, vandal } from '../support/attack/attacked-facts.ts';
import { type BuiltPrograms, buildPrograms } from '../support/attack/built-programs.ts';
import { needs } from '../support/needs.ts';
import { runProgram } from '../support/run-virtexec.ts';

let programs: BuiltPrograms;
beforeAll(() => {
  programs = buildPrograms();
});
afterAll(() => programs[Symbol.dispose]());

/** scripts/attack takes sixty. */
const seconds = 1;

describe.runIf(needs('root', { program: 'gcc' }, { program: 'setpriv' }))('A hostile domain', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await makeArena(programs);
  });
  afterAll(() => arena[Symbol.dispose]());

  test.each(attackedFacts.map((fact) => [fact.name, fact] as const))('%s', async (_name, { run }) => {
    expect(await run(arena)).toEqual([]);
  });

  test.each(listAttackedCommands().map((command) => [command.name, command] as const))(
    'leads %s nowhere by turning folders into links, and has none of its code run',
    { timeout: 180_000 },
    async (_name, command) => {
      const result = await attackCommand(arena, command, seconds);
      process.stdout.write(`${JSON.stringify(result)}\n`);
      expect(result.wrongs).toEqual([]);
      expect(result.swapsAsRoot).toBeGreaterThan(100);
      expect(result.swapsAsUser).toBeGreaterThan(100);
    },
  );
});

describe.runIf(needs('root', { program: 'gcc' }))('The attack suite', () => {
  test('sees a program that trusts paths led astray', { timeout: 180_000 }, async () => {
    using arena = await makeArena(programs);
    const words = 'n=0; while [ $n -lt 2000 ]; do echo naive >"$0/etc/hosts"; n=$((n + 1)); done';
    const naive: AttackedCommand = {
      name: 'naive',
      needs: [],
      round: () => [{ program: 'host', words: ['sh', '-c', words, arena.tree] }],
    };
    const { wrongs } = await attackCommand(arena, naive, 3);
    expect(wrongs).toContain('the canary changed');
  });

  test("sees the tree's code run with the power of the host", async () => {
    using arena = await makeArena(programs);
    const ran = 'code of the tree ran with the host’s power';
    expect(arena.damages()).toEqual([]);
    execFileSync('true', [], { env: { LD_PRELOAD: join(arena.tree, '.marker.so') } });
    expect(arena.damages()).toEqual([ran]);
    rmSync(join(arena.base, 'marker'));
    execFileSync('chroot', [arena.tree, '/usr/sbin/useradd']);
    expect(arena.damages()).toEqual([ran]);
  });

  test('sees what a vandal does whom nothing holds back', async () => {
    using arena = await makeArena(programs);
    const before = listStore(arena.root);
    // It breaks its own tools on the way.
    runProgram(['chroot', join(arena.root, neighbour), 'sh', '-c', vandal]);
    expect(listStore(arena.root)).not.toEqual(before);
    expect(arena.damages()).toEqual(['the neighbour changed']);
  });
});
