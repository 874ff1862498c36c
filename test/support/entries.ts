import type { Entry } from '../../src/manifest/entry.ts';

/** The text of a planned file; fails the test where the plan has none at this path. */
export function textOf(entries: readonly Entry[], path: string): string {
  const entry = entries.find((one) => one.path === path);
  if (entry?.type === 'file' && 'text' in entry.source) return entry.source.text;
  throw new Error(`no text is planned at ${path}; planned: ${entries.map((one) => one.path).join(' ')}`);
}

/** Folders of the plan that stand after something they hold, or that are missing; `given` are there beforehand. */
export function findMisplaced(entries: readonly Entry[], given: readonly string[]): string[] {
  const made = new Set(['', ...given]);
  return entries.flatMap((entry) => {
    const parent = entry.path.split('/').slice(0, -1).join('/');
    if (entry.type === 'dir') made.add(entry.path);
    return made.has(parent) ? [] : [entry.path];
  });
}
