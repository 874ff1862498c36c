import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';

const fixtures = join(import.meta.dirname, '../fixtures');

/** Compiles `test/fixtures/<source>` into `folder`, and gives the program's path. */
export function compileFixture(source: string, folder: string): string {
  const program = join(folder, basename(source, '.c'));
  execFileSync('gcc', ['-O1', '-Wall', '-pthread', '-o', program, join(fixtures, source)]);
  return program;
}
