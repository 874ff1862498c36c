import { isAbsolute, join, normalize } from 'node:path';
import type { FileSettings } from '../domain/parse-settings.ts';
import type { Settings } from '../domain/settings.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfigFile } from './read-config-file.ts';

/**
 * The settings of this call: `--root`, then VIRTFS_ROOT, then virtfs.toml, then what is built in.
 * VIRTFS_CONFIG_DIR stands for /etc/virtfs. The TOML reader and the checker are loaded only when there is a file.
 * Throws BAD_CONFIG for a file that others may write or that breaks a rule, BAD_USAGE for a path that is not absolute.
 */
export async function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  rootOption?: string,
): Promise<Settings> {
  const configDir = absolute('VIRTFS_CONFIG_DIR', env.VIRTFS_CONFIG_DIR) ?? '/etc/virtfs';
  const chosen = absolute('--root', rootOption) ?? absolute('VIRTFS_ROOT', env.VIRTFS_ROOT);
  const file = await readFile(join(configDir, 'virtfs.toml'));
  const root = chosen ?? clean(file.root ?? file.roots?.[0] ?? '/virtual');
  return {
    root,
    // A root that was named for this call stands alone: a sandbox must not meet the machine's own trees.
    roots: chosen === undefined ? [...new Set([root, ...(file.roots ?? []).map(clean)])] : [root],
    configDir,
    profilesDir: join(configDir, 'profiles'),
    etcDir: join(configDir, 'etc'),
    defaultProfile: file.profile ?? 'login',
    link: file.link ?? 'auto',
    admin: file.admin ?? 'admin',
    uidFirst: file['uid-first'] ?? 200_000,
    uidCount: file['uid-count'] ?? 10_000,
    trashDays: file['trash-days'] ?? 30,
  };
}

async function readFile(path: string): Promise<FileSettings> {
  const text = readConfigFile(path);
  if (text === undefined) return {};
  const [{ readToml }, { parseSettings }] = await Promise.all([
    import('./read-toml.ts'),
    import('../domain/parse-settings.ts'),
  ]);
  return parseSettings(await readToml(text, path), path);
}

/** An empty variable counts as none: that is how a shell takes one back. */
function absolute(name: string, path: string | undefined): string | undefined {
  if (path === undefined || (path === '' && !name.startsWith('--'))) return undefined;
  if (isAbsolute(path) && !path.includes('\0')) return clean(path);
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot use ${name} '${escapeLines(path)}'`,
    why: 'it is not an absolute path',
    mend: `give the whole path: ${name}=/virtual`,
  });
}

function clean(path: string): string {
  const normal = normalize(path);
  return normal.length > 1 ? normal.replace(/\/+$/u, '') : normal;
}
