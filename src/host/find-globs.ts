/**
 * The host paths that glob patterns match, sorted, without what `exclude` matches. Patterns without glob characters are
 * left out: they are paths already. Links are matched, never followed.
 */
export async function findGlobs(
  patterns: readonly string[],
  exclude: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const globs = patterns.filter(isGlob);
  if (globs.length === 0) return new Map();
  const { globby } = await import('globby');
  const options = {
    absolute: true,
    onlyFiles: false,
    dot: true,
    followSymbolicLinks: false,
    ignore: [...exclude],
    expandDirectories: false,
  };
  const found = globs.map(
    async (glob) => [glob, (await globby(glob, options)).map(withoutSlash).sort()] as const,
  );
  return new Map(await Promise.all(found));
}

function isGlob(pattern: string): boolean {
  return /[*?[\]{}!()]/u.test(pattern);
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
