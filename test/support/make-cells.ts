// make-cells ROOT [swap TREE OTHER]: makes a cell of a.example, or many while TREE and OTHER change places, and says what
// came of it.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { type Cell, closeCell, makeCell } from '../../src/engine/make-cell.ts';
import { openTreesRoot } from '../../src/engine/open-root.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';

const [path = '', , one = '', other = ''] = process.argv.slice(2);
const domain = parseDomainName('a.example');
using root = openTreesRoot(path, { make: false });
const where = () =>
  ['ns/mnt', 'ns/uts', 'ns/ipc', 'root', 'cwd']
    .map((name) => readlinkSync(`/proc/thread-self/${name}`))
    .join();

if (one === '') makeOne();
else makeMany();

function makeOne(): void {
  const before = where();
  let what = 'made';
  try {
    makeCell(root, domain);
  } catch (error) {
    what = Error.isError(error) ? error.message : String(error);
  }
  process.stdout.write(`${what}\nas before: ${where() === before}\n`);
}

/** Each tree says in /etc/hostname which it is; `wrong` is a cell with the mounts of another than it was made of. */
function makeMany(): void {
  const names = new Map(
    [one, other].map((tree) => [statSync(tree).ino, readFileSync(`${tree}/etc/hostname`, 'utf8')]),
  );
  const script = `
    const { renameSync } = require('fs');
    const [, a, b] = process.argv;
    for (;;) [[a, a + '.x'], [b, a], [a + '.x', b]].forEach(([from, to]) => renameSync(from, to));
  `;
  const swapper = spawn(process.execPath, ['-e', script, one, other], { stdio: 'ignore' });
  const count = { made: 0, refused: 0, wrong: 0 };
  try {
    for (let round = 0; round < 150; round++) {
      const cell = tryMake();
      if (cell === undefined) count.refused += 1;
      else {
        count.made += 1;
        if (readName(cell) !== names.get(cell.place[2])) count.wrong += 1;
        closeCell(cell);
      }
    }
  } finally {
    swapper.kill('SIGKILL');
  }
  process.stdout.write(`made ${count.made}, refused ${count.refused}, wrong ${count.wrong}\n`);
}

function tryMake(): Cell | undefined {
  try {
    return makeCell(root, domain);
  } catch (error) {
    if (error instanceof VirtfsError && ['ISOLATION_FAILED', 'DOMAIN_MISSING'].includes(error.code))
      return undefined;
    throw error;
  }
}

function readName({ namespaces: { mnt } }: Cell): string {
  const words = [`--mount=/proc/${process.pid}/fd/${mnt}`, '/bin/probe', 'file', '/etc/hostname'];
  return spawnSync('nsenter', words, { encoding: 'utf8' }).stdout;
}
