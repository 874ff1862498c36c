/** One mistake as it stands; several each on a line of its own. */
export function describeMistakes(mistakes: readonly string[]): string {
  const all = [...new Set(mistakes)];
  return all.length === 1 ? (all[0] ?? '') : [`it has ${all.length} mistakes:`, ...all].join('\n');
}
