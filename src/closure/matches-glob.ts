/**
 * True when one file name matches a pattern of `*`, `?` and `[…]` (glob(7)): a leading dot is matched only by a dot.
 * In time of the product of both lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let at = 0;
  let step = 0;
  let star = -1;
  let starAt = 0;
  const steps = stepsOf(pattern);
  while (at < name.length) {
    const now = steps[step];
    if (now === '*') {
      star = step;
      starAt = at;
      step += 1;
    } else if (now?.(name[at] ?? '')) {
      at += 1;
      step += 1;
    } else if (star >= 0) {
      // The last star takes one character more: earlier ones never need to.
      starAt += 1;
      at = starAt;
      step = star + 1;
    } else {
      return false;
    }
  }
  return steps.slice(step).every((left) => left === '*');
}

type Step = '*' | ((char: string) => boolean);

function stepsOf(pattern: string): Step[] {
  const parts = pattern.match(/\*|\?|\[[!^]?\]?[^\]]*\]|\\.|[\s\S]/gu) ?? [];
  return parts.map((part): Step => {
    if (part === '*') return '*';
    if (part === '?') return () => true;
    if (part.length > 2 && part.startsWith('[')) return classOf(part.slice(1, -1));
    const wanted = part.length === 2 && part.startsWith('\\') ? part.slice(1) : part;
    return (char) => char === wanted;
  });
}

function classOf(text: string): (char: string) => boolean {
  const negated = /^[!^]/u.test(text);
  const ranges = (negated ? text.slice(1) : text).match(/[\s\S]-[\s\S]|[\s\S]/gu) ?? [];
  const isIn = (char: string) =>
    ranges.some((range) =>
      range.length === 3 ? char >= (range[0] ?? '') && char <= (range[2] ?? '') : char === range,
    );
  return (char) => isIn(char) !== negated;
}
