import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { isTreePath } from '../manifest/tree-path.ts';
import { renderTemplate, type TemplateData } from '../render/render-template.ts';

/** Texts by their name below `templates/etc` (`hosts.eta`, `pam.d/other`). Those ending in `.eta` are rendered. */
export interface EtcTemplates {
  readonly texts: ReadonlyMap<string, string>;
  /** Names of the texts that are the administrator's, from /etc/virtfs/etc: they win over what the host has. */
  readonly site: ReadonlySet<string>;
}

/** A file of etc made from a template: its name in etc, its text, whether the administrator wrote it. */
export interface RenderedEtc {
  readonly name: string;
  readonly text: string;
  readonly site: boolean;
}

/** Files virtfs computes: a text of the administrator's in their place would undo what a tree is. */
const computed = new Set(['passwd', 'group', 'shadow', 'gshadow', 'ld.so.cache']);

/**
 * Renders the templates whose name in etc `pick` takes. Where `NAME` and `NAME.eta` are both there, the administrator's
 * counts, then `NAME.eta`. Throws BAD_CONFIG for one that cannot be rendered, is computed, or has no safe name.
 */
export function renderEtc(
  templates: EtcTemplates,
  pick: (name: string) => boolean,
  data: TemplateData,
): RenderedEtc[] {
  const chosen = new Map<string, string>();
  for (const key of [...templates.texts.keys()].sort()) {
    const name = key.replace(/\.eta$/u, '');
    if (!isTreePath(name) || /\p{Cc}/u.test(name) || computed.has(name)) throw refused(key);
    const other = chosen.get(name);
    if (other === undefined || templates.site.has(key) || !templates.site.has(other)) chosen.set(name, key);
  }
  return [...chosen]
    .filter(([name]) => pick(name))
    .map(([name, key]) => {
      const text = templates.texts.get(key) ?? '';
      const rendered = key.endsWith('.eta') ? renderTemplate(`etc/${key}`, text, data) : text;
      return { name, text: rendered, site: templates.site.has(key) };
    });
}

function refused(key: string): VirtfsError {
  return new VirtfsError('BAD_CONFIG', {
    what: `cannot use /etc/virtfs/etc/${escapeLines(key)}`,
    why: 'this file of a tree is computed, or the name is no path inside a tree',
    mend: 'remove it; users and groups of a tree are named in its profile',
  });
}
