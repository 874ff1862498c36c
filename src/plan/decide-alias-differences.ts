/**
 * Aliases of a domain that its record and the root of trees do not agree on. `recorded` is undefined where there is no
 * record: then no link is wrong.
 */
export function decideAliasDifferences(
  recorded: readonly string[] | undefined,
  linked: readonly string[],
): readonly { readonly alias: string; readonly is: 'not linked' | 'not recorded' }[] {
  if (recorded === undefined) return [];
  return [
    ...recorded
      .filter((alias) => !linked.includes(alias))
      .map((alias) => ({ alias, is: 'not linked' }) as const),
    ...linked
      .filter((alias) => !recorded.includes(alias))
      .map((alias) => ({ alias, is: 'not recorded' }) as const),
  ];
}
