import { hostPaths } from '../closure/host-paths.ts';
import type { HostView } from '../domain/host-view.ts';

/** The path of a host file reached by any links, undefined where there is no plain file. */
export function findRealFile(host: HostView, path: string): string | undefined {
  const real = hostPaths(host).real(path);
  return real !== undefined && host.lstat(real)?.type === 'file' ? real : undefined;
}

/** The text of a host file reached by any links; undefined where there is no plain file. */
export function readHostText(host: HostView, path: string): string | undefined {
  const real = findRealFile(host, path);
  return real === undefined ? undefined : host.text(real);
}
