import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfigFile } from '../host/read-config-file.ts';
import { readToml } from '../host/read-toml.ts';
import { parseVirtmaildSettings } from './parse-virtmaild-settings.ts';
import type { VirtmaildSettings } from './virtmaild-settings.ts';

export interface SettingsSource {
  readonly file: string;
  /** The file was asked for by name, and must be there. */
  readonly isAsked: boolean;
  /** Words that stand for the `listen` of the file. */
  readonly listen: readonly string[] | undefined;
}

/**
 * Reads virtmaild.toml, which need not be there. Throws PATH_MISSING where it was asked for, BAD_CONFIG for a file that
 * is wrong or that others may write, BAD_ADDRESS for a word that is nothing to listen on.
 */
export async function readVirtmaildSettings({
  file,
  isAsked,
  listen,
}: SettingsSource): Promise<VirtmaildSettings> {
  const text = readConfigFile(file);
  if (text === undefined && isAsked) {
    throw new VirtfsError('PATH_MISSING', {
      what: `cannot read ${file}`,
      why: 'there is no such file',
      mend: 'write it: man 8 virtmaild - or leave --config out: every setting has a value without it',
    });
  }
  return parseVirtmaildSettings(text === undefined ? {} : await readToml(text, file), { file, listen });
}
