import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'vitest';

const sources = join(import.meta.dirname, '../fixtures/elf');

/** A folder in which small programs are compiled; removed when the test ends. */
export interface Workshop {
  readonly dir: string;
  /** Compiles `test/fixtures/elf/<source>.c` to `<dir>/<name>`, and gives its path. */
  readonly program: (name: string, args?: readonly string[], source?: string) => string;
  /** A shared library with `name` as its soname, where nothing else is said. */
  readonly library: (name: string, args?: readonly string[], more?: LibraryMore) => string;
}

export interface LibraryMore {
  /** Empty for none. */
  readonly soname?: string;
  /** What its function says: tells two libraries apart. */
  readonly answer?: number;
}

export const workshopTest = test.extend<{ shop: Workshop }>({
  shop: async ({ task: _ }, use) => {
    // Loader and kernel speak of real paths.
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'virtfs-elf-')));
    try {
      await use(workshopIn(dir));
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
});

function workshopIn(dir: string): Workshop {
  // What the linker is told to link is to be NEEDED, though no symbol is asked of it; what that needs may be missing.
  const linking = [
    '-Wl,--no-as-needed',
    '-Wl,--allow-shlib-undefined',
    '-Wl,--unresolved-symbols=ignore-all',
  ];
  const compile = (name: string, source: string, args: readonly string[]) => {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    execFileSync('gcc', ['-o', path, join(sources, `${source}.c`), ...linking, ...args], { cwd: dir });
    return path;
  };
  return {
    dir,
    program: (name, args = [], source = 'program') => compile(name, source, args),
    library: (name, args = [], { soname = basename(name), answer = 0 } = {}) => {
      const named = soname === '' ? [] : [`-Wl,-soname,${soname}`];
      return compile(name, 'library', ['-shared', '-fPIC', `-DANSWER=${answer}`, ...named, ...args]);
    },
  };
}
