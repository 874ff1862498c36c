import { openSync } from 'node:fs';
import process from 'node:process';
import { walkTree } from '../../src/engine/walk-tree.ts';

// Walks a folder in a process of its own, so that a test can limit what it may use: `walk-driver.ts FOLDER`.
// Standard output is how many names it found, and how often each other event came.
const tally: Record<string, number> = {};
for (const { type } of walkTree(openSync(process.argv[2] ?? '', 'r'))) tally[type] = (tally[type] ?? 0) + 1;
process.stdout.write(JSON.stringify(tally));
