/**
 * What says whether an absolute path matches a glob pattern: `*` and `?` within one name, `[…]`, `{a,b}`, and `**` for
 * any number of folders. A leading dot needs no dot of its own. Of the syntax of `files`, what `exclude` has.
 */
export function parsePathGlob(pattern: string): (path: string) => boolean {
  const regex = new RegExp(`^${translate(pattern)}$`, 'su');
  return (path) => regex.test(path);
}

function translate(pattern: string): string {
  const tokens = pattern.match(/\/\*\*(?=\/|$)|\*+|\?|\[[!^]?\]?[^\]]*\]|[{},]|[\s\S]/gu) ?? [];
  const depths = depthsOf(tokens);
  return tokens.map((token, index) => translateToken(token, depths[index] ?? 0)).join('');
}

function translateToken(token: string, depth: number): string {
  if (token === '/**') return '(?:/[^/]+)*';
  if (token.startsWith('*')) return '[^/]*';
  if (token === '?') return '[^/]';
  if (token.length > 2 && token.startsWith('[')) return classOf(token.slice(1, -1));
  if (depth > 0 && token === '{') return '(?:';
  if (depth > 0 && token === '}') return ')';
  if (depth > 0 && token === ',') return '|';
  return RegExp.escape(token);
}

/** How many braces each token is inside of, its own counted. None where they do not pair: then they are plain text. */
function depthsOf(tokens: readonly string[]): number[] {
  let depth = 0;
  const depths = tokens.map((token) => {
    if (token === '{') depth += 1;
    const now = depth;
    if (token === '}') depth -= 1;
    return depth < 0 ? Number.NaN : now;
  });
  return depth === 0 && !depths.some(Number.isNaN) ? depths : depths.map(() => 0);
}

function classOf(text: string): string {
  const negated = /^[!^]/u.test(text);
  const ranges = (negated ? text.slice(1) : text).match(/[\s\S]-[\s\S]|[\s\S]/gu) ?? [];
  const parts = ranges.map((range) => (range.length === 3 ? range.split('-') : [range]));
  const inside = parts
    // A range that runs backwards matches nothing (glob(7)), and would be an error in an expression.
    .filter(([from = '', to = from]) => from <= to)
    .map((ends) => ends.map((end) => RegExp.escape(end)).join('-'));
  return negated ? `[^/${inside.join('')}]` : `(?!/)[${inside.join('')}]`;
}
