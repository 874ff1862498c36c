// run-attack SECONDS [NAME…]: what scripts/attack runs. A line for each row; status 1 when something did not hold.
import process from 'node:process';
import { makeArena } from './arena.ts';
import { type AttackResult, attackCommand } from './attack-command.ts';
import { listAttackedCommands } from './attacked-commands.ts';
import { attackedFacts } from './attacked-facts.ts';
import { buildPrograms } from './built-programs.ts';

const [secondsText = '60', ...names] = process.argv.slice(2);
const seconds = Number(secondsText);
const commands = listAttackedCommands();
const unknown = names.filter((name) => name !== 'facts' && !commands.some((row) => row.name === name));
if (!Number.isFinite(seconds) || seconds < 0 || unknown.length > 0) {
  const known = ['facts', ...commands.map(({ name }) => name)].map((name) => `'${name}'`).join(' ');
  process.stderr.write(`usage: scripts/attack [--seconds N] [COMMAND…]; a COMMAND is one of: ${known}\n`);
  process.exit(64);
}
const isWanted = (name: string) => names.length === 0 || names.includes(name);

// Once: what is attacked is one state of the sources.
using programs = buildPrograms();
let failures = 0;
const say = (line: string) => void process.stdout.write(`${line}\n`);

if (isWanted('facts')) {
  say('What is tried once:');
  using arena = await makeArena(programs);
  for (const { name, run } of attackedFacts) tell(name, await run(arena));
  say('');
}

const chosen = commands.filter(({ name }) => isWanted(name));
if (chosen.length > 0) {
  say(
    `Each command for ${seconds} s, while root of the tree and a user of it turn its folders into links that lead out:`,
  );
  say(row('command', 'seconds', 'swaps by root', 'by a user', 'calls', 'result', 'how calls ended'));
  for (const command of chosen) {
    using arena = await makeArena(programs);
    show(await attackCommand(arena, command, seconds));
  }
}

say('');
say(failures === 0 ? 'Everything held.' : `${failures} did not hold.`);
process.exitCode = failures === 0 ? 0 : 1;

function tell(name: string, wrongs: readonly string[]): void {
  say(`${wrongs.length === 0 ? 'held  ' : 'FAILED'}  ${name}`);
  for (const wrong of wrongs) say(`          ${wrong}`);
  if (wrongs.length > 0) failures++;
}

function show({ name, seconds: took, swapsAsRoot, swapsAsUser, calls, ends, wrongs }: AttackResult): void {
  const tally = Object.entries(ends)
    .sort(([, one], [, other]) => other - one)
    .map(([end, count]) => `${end}: ${count}`)
    .join(', ');
  const counts = [took, swapsAsRoot, swapsAsUser, calls].map(String);
  say(row(name, ...counts, wrongs.length === 0 ? 'held' : 'FAILED', tally));
  for (const wrong of new Set(wrongs)) say(`    ${wrong.trimEnd().replaceAll('\n', '\n    ')}`);
  if (wrongs.length > 0) failures++;
}

function row(...cells: readonly string[]): string {
  const widths = [14, 7, 13, 9, 6, 6];
  return cells
    .map((cell, at) => (at === 0 || at > 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
    .join('  ')
    .trimEnd();
}
