/** A value as TOML text. The writer is loaded on first use. */
export async function renderToml(value: Record<string, unknown>): Promise<string> {
  const { stringify } = await import('smol-toml');
  return stringify(value);
}
