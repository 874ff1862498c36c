import { openSync } from 'node:fs';
import process from 'node:process';
import { removeTree } from '../../src/engine/remove-tree.ts';

// `remove-driver.ts FOLDER NAME` in a process of its own, which a test gives limits of its own.
const [folder = '', name = ''] = process.argv.slice(2);
removeTree(openSync(folder, 'r'), name);
process.stdout.write('removed');
