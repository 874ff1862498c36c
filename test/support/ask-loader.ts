import { execFile } from 'node:child_process';

/** What a dynamic loader says it would load for a file. */
export interface LoaderAnswer {
  /** Paths as it opens them, sorted. */
  readonly paths: readonly string[];
  /** Names it does not find, sorted. */
  readonly missing: readonly string[];
  /** What it gives up with. */
  readonly failure?: string;
}

/**
 * `ld.so --list` of one object; `wrap` is a command line to run it under. As it gives up at the first library it does
 * not find, it is then asked as ldd(1) asks, for all of them.
 */
export async function askLoader(
  loader: string,
  path: string,
  wrap: readonly string[] = [],
): Promise<LoaderAnswer> {
  const listed = await run([...wrap, loader, '--list', path]);
  if (listed.status === 0) return { paths: pathsIn(listed.out), missing: missingIn(listed.out) };
  const traced = await run([...wrap, 'env', 'LD_TRACE_LOADED_OBJECTS=1', loader, path]);
  const missing = missingIn(traced.out);
  return { paths: pathsIn(traced.out), missing, ...(missing.length > 0 ? {} : { failure: listed.err }) };
}

/** Calls `ask` for each item, a few at a time. */
export async function askEach<T>(items: readonly T[], ask: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const item of left) await ask(item);
    }),
  );
}

function run([command = '', ...args]: readonly string[]) {
  return new Promise<{ status: number; out: string; err: string }>((resolve) => {
    const options = { env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin' } };
    const child = execFile(command, args, options, (_, out, err) =>
      resolve({ status: child.exitCode ?? 1, out, err }),
    );
  });
}

function pathsIn(text: string): string[] {
  return [...text.matchAll(/^\t(?:\S+ => )?(?<path>\/.*) \(0x[0-9a-f]+\)$/gmu)]
    .map(({ groups }) => groups?.path ?? '')
    .sort();
}

function missingIn(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(/^\t(?<name>\S+) => not found$/gmu)].map(({ groups }) => groups?.name ?? ''),
    ),
  ].sort();
}
