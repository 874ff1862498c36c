import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const project = new URL('../../..', import.meta.url).pathname;

/** virtfs and virtexec as they are installed: one file each, quick to start. */
export interface BuiltPrograms extends Disposable {
  readonly virtfs: string;
  readonly virtexec: string;
}

/** Builds them as the sources are now. */
export function buildPrograms(): BuiltPrograms {
  const folder = mkdtempSync(join(tmpdir(), 'virtfs-built-'));
  const dispose = () => rmSync(folder, { recursive: true });
  try {
    const dist = join(folder, 'dist');
    execFileSync(process.execPath, [join(project, 'scripts/build.ts'), dist]);
    // Programs look for them above themselves.
    symlinkSync(join(project, 'templates'), join(folder, 'templates'));
    return {
      virtfs: join(dist, 'virtfs.js'),
      virtexec: join(dist, 'virtexec.js'),
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
