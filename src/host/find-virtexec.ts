import { join } from 'node:path';

/** The command line of the virtexec that belongs to this virtfs: runtime and script. */
export function findVirtexec(): readonly [runtime: string, script: string] {
  // From source this is src/host; bundled it is DIR/virtfs, and virtexec.js is in DIR.
  const script = import.meta.filename.endsWith('.ts') ? '../bin/virtexec.ts' : '../virtexec.js';
  return [process.execPath, join(import.meta.dirname, script)];
}
