import type { ResourceLimit } from './service.ts';

// biome-ignore format: a table
/** RLIMIT_* of setrlimit(2): the same numbers on x86 and ARM. */
const numbers: ReadonlyMap<string, number> = new Map([
  ['as', 9], ['core', 4], ['cpu', 0], ['data', 2], ['fsize', 1], ['locks', 10], ['memlock', 8], ['msgqueue', 12],
  ['nice', 13], ['nofile', 7], ['nproc', 6], ['rss', 5], ['rtprio', 14], ['rttime', 15], ['sigpending', 11],
  ['stack', 3],
]);

export const resourceNames: readonly string[] = [...numbers.keys()];

/** What `prlimit` knows as `name`, or what is wrong: no such limit, or no number that it can have. */
export function parseResourceLimit(
  name: string,
  value: unknown,
): ResourceLimit | 'unknown' | 'whole' | 'whole or unlimited' {
  const resource = numbers.get(name);
  if (resource === undefined) return 'unknown';
  // The kernel refuses more descriptors than fs.nr_open, and so refuses to be without limit.
  const mayBeUnlimited = name !== 'nofile';
  if (value === 'unlimited' && mayBeUnlimited) return { resource, value: undefined };
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { resource, value };
  return mayBeUnlimited ? 'whole or unlimited' : 'whole';
}
