/**
 * The order of names in ld.so.cache (glibc's _dl_cache_libcmp): by character, but a run of digits by its value, and a
 * digit after any other character. Negative where `a` comes before `b`.
 */
export function compareLibraryNames(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let index = 0; ; index += 1) {
    const one = left[index];
    const two = right[index];
    if (one === undefined || two === undefined) return endOrder(one, two);
    const order = compareParts(one, two);
    if (order !== 0) return order;
  }
}

/** Runs of digits as numbers, everything else as single bytes, negative to tell them apart. */
type Part = { readonly digits: number } | { readonly byte: number };

function partsOf(name: string): Part[] {
  const parts = name.match(/\d+|[\s\S]/gu) ?? [];
  return parts.flatMap((part): Part[] =>
    // The loader counts in a C int, which runs over.
    /^\d/u.test(part) ? [{ digits: Number(BigInt.asIntN(32, BigInt(part))) }] : bytesOf(part),
  );
}

const encoder = new TextEncoder();

function bytesOf(char: string): Part[] {
  return [...encoder.encode(char)].map((byte) => ({ byte }));
}

function compareParts(one: Part, two: Part): number {
  if ('digits' in one) return 'digits' in two ? one.digits - two.digits : 1;
  return 'digits' in two ? -1 : one.byte - two.byte;
}

/** In C the NUL behind the shorter name is compared like any character: a digit comes after it, and so does the rest. */
function endOrder(one: Part | undefined, two: Part | undefined): number {
  if (one === undefined && two === undefined) return 0;
  return one === undefined ? -1 : 1;
}
