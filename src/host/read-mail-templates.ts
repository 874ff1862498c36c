import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../domain/settings.ts';
import { findInstallRoot } from './find-install-root.ts';
import { readConfigFile } from './read-config-file.ts';

/**
 * What a mail server needs, by name without `.eta`: templates/mail/SERVER, and in place of one of these the
 * administrator's own of the same name. Throws BAD_CONFIG for one of the administrator's that others may write.
 */
export function readMailTemplates(
  server: string,
  { configDir }: Pick<Settings, 'configDir'>,
): ReadonlyMap<string, string> {
  const folder = join('mail', server);
  const builtIn = join(findInstallRoot(), 'templates', folder);
  const names = readdirSync(builtIn)
    .filter((name) => name.endsWith('.eta'))
    .sort();
  return new Map(
    names.map((name) => [
      name.slice(0, -'.eta'.length),
      readConfigFile(join(configDir, folder, name)) ?? readFileSync(join(builtIn, name), 'utf8'),
    ]),
  );
}
