import type { Io } from '../../src/cli/io.ts';

export interface FakeIo extends Io {
  /** Lines of standard output and standard error so far. */
  readonly outLines: string[];
  readonly errLines: string[];
}

/** An Io that keeps what is said; without a terminal and with no environment where nothing else is given. */
export function fakeIo(given: Partial<Io> = {}): FakeIo {
  const outLines: string[] = [];
  const errLines: string[] = [];
  return {
    outLines,
    errLines,
    out: (line) => void outLines.push(line),
    err: (line) => void errLines.push(line),
    interactive: false,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    color: false,
    env: { VIRTFS_CONFIG_DIR: '/nonexistent/virtfs' },
    signal: new AbortController().signal,
    ...given,
  };
}
