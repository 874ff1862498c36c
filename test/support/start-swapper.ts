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

export interface Swapper extends AsyncDisposable {
  /** Stops it; how often it turned a folder into a link. */
  readonly stop: () => Promise<number>;
}

/**
 * Starts the swapper: it turns `folders`, where they are, into links to `canary` and back. Relative to `cwd` it finds
 * them though the tree is moved.
 */
export async function startSwapper(
  program: string,
  canary: string,
  folders: readonly string[],
  cwd?: string,
): Promise<Swapper> {
  const child = spawn(program, [canary, ...folders], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  await once(child.stdout, 'data');
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
    return Number(text.split('\n')[1]);
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
