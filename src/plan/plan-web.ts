import type { Owner } from '../domain/owner.ts';
import type { Entry } from '../manifest/entry.ts';
import { treePath } from '../manifest/tree-path.ts';

/**
 * The web folders, `webmaster`'s and of group www. What is put into `html` belongs to the group too (set-group-id),
 * so that the administrator, who is in it, and the webmaster can change each other's pages.
 */
export function planWeb({ owner }: { /** webmaster:www */ readonly owner: Owner }): Entry[] {
  // biome-ignore format: a table
  const rows = [
    ['var/www',        0o755,  'web folders of the domain'],
    ['var/www/html',   0o2775, 'pages of the domain'],
    ['var/www/master', 0o755,  "the webmaster's own files"],
    ['var/www/server', 0o755,  'files of the web server: logs, scripts, configuration'],
  ] as const;
  return rows.map(([path, mode, why]) => ({ type: 'dir', path: treePath(path), mode, owner, why }));
}
