import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const source = new URL('../fixtures/swapper.c', import.meta.url).pathname;

/** Compiles the swapper into `folder`. */
export function compileSwapper(folder: string): string {
  const program = join(folder, 'swapper');
  execFileSync('gcc', ['-O1', '-Wall', '-o', program, source]);
  return program;
}

/** Starts the swapper; the result stops it and gives how often it turned a folder into a link. */
export async function startSwapper(
  program: string,
  canary: string,
  folders: readonly string[],
): Promise<() => Promise<number>> {
  const child = spawn(program, [canary, ...folders], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    return Number(text.split('\n')[1]);
  };
}
