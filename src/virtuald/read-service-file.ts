import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfigFile } from '../host/read-config-file.ts';
import { readPlainFile } from '../host/read-plain-file.ts';
import { readToml } from '../host/read-toml.ts';
import type { FindPort } from './parse-listen-address.ts';
import { parseServiceFile, type ServerSettings } from './parse-service-file.ts';
import { parseServicesFile } from './parse-services-file.ts';

/**
 * Reads virtuald.toml(5). `root` is the root of trees, from which relative paths in it go. Throws PATH_MISSING where it
 * is not there, BAD_CONFIG for a file that is wrong or that others may write.
 */
export async function readServiceFile(file: string, root: string): Promise<ServerSettings> {
  const text = readConfigFile(file);
  if (text === undefined) {
    throw new VirtfsError('PATH_MISSING', {
      what: `cannot read ${file}`,
      why: 'there is no such file',
      mend: 'write it: man 5 virtuald.toml - or say all in words: virtuald --listen PORT CONF PROGRAM [ARG…]',
    });
  }
  return parseServiceFile(await readToml(text, file), { file, root, findPort: makeFindPort() });
}

/** The ports of /etc/services, which is read once, when a name is asked for. */
export function makeFindPort(): FindPort {
  let find: FindPort | undefined;
  return (name) => {
    find ??= parseServicesFile(readPlainFile('/etc/services', () => {}) ?? '');
    return find(name);
  };
}
