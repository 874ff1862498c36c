import type { HostView } from '../domain/host-view.ts';
import { findRealFile } from './read-host-file.ts';

/** Debian's folder of libraries for each e_machine of ELF. */
// biome-ignore format: a table
const multiarch: Readonly<Record<number, string>> = {
  62:  'x86_64-linux-gnu',
  183: 'aarch64-linux-gnu',
};

/** The host path of a PAM module named in a pam.d file, or undefined. Looked for where libpam itself looks. */
export function findPamModule(module: string, host: HostView): string | undefined {
  if (module.startsWith('/')) return findRealFile(host, module) === undefined ? undefined : module;
  if (!/^[\w+.-]+$/u.test(module)) return undefined;
  return listFolders(host)
    .map((folder) => `${folder}/${module}`)
    .find((path) => findRealFile(host, path) !== undefined);
}

/** Only the folder of the host's own architecture: a module of another one would be found and not load. */
function listFolders(host: HostView): string[] {
  const shell = findRealFile(host, '/bin/sh');
  const facts = shell === undefined ? undefined : host.program(shell);
  const triplet = facts?.kind === 'elf' ? multiarch[facts.machine] : undefined;
  const own = triplet === undefined ? [] : [`/lib/${triplet}/security`, `/usr/lib/${triplet}/security`];
  return [...own, '/lib64/security', '/usr/lib64/security', '/lib/security', '/usr/lib/security'];
}
