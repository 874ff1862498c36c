import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/** The value of TOML text; the reader is loaded on first use. Throws BAD_CONFIG that names `file`, line and column. */
export async function readToml(text: string, file: string): Promise<unknown> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why = ''] = error.message.split('\n');
    throw new VirtfsError('BAD_CONFIG', {
      what: `cannot read ${file}`,
      why: `line ${error.line}, column ${error.column}: ${escapeLines(why)}`,
      mend: 'correct the file; https://toml.io shows the notation',
      cause: error,
    });
  }
}
