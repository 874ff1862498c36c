import type { Profile } from '../domain/profile.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { EtcTemplates } from './etc-templates.ts';

/**
 * The templates of trees of one profile: those of all trees, and of the others the ones it names. A built-in one of all
 * trees gives way to one the profile names, and that to the administrator's own for all trees.
 * Throws BAD_PROFILE where the profile names one that is not there.
 */
export function joinTemplates(
  all: EtcTemplates & { readonly ofProfiles: EtcTemplates },
  { name, etc }: Pick<Profile, 'name' | 'etc'>,
): EtcTemplates {
  const asked = new Set(etc);
  const ruled = new Set([...all.site].map(nameInEtc));
  const chosen = [...all.ofProfiles.texts].filter(([key]) => asked.has(nameInEtc(key)));
  const there = new Set(chosen.map(([key]) => nameInEtc(key)));
  const missing = etc.filter((each) => !there.has(each) && !ruled.has(each));
  if (missing.length > 0) throw templatesMissing(missing, name);
  const added = chosen.filter(([key]) => !ruled.has(nameInEtc(key)));
  const kept = [...all.texts].filter(([key]) => all.site.has(key) || !there.has(nameInEtc(key)));
  const site = [...all.site, ...added.flatMap(([key]) => (all.ofProfiles.site.has(key) ? [key] : []))];
  return { texts: new Map([...kept, ...added]), site: new Set(site) };
}

function nameInEtc(key: string): string {
  return key.replace(/\.eta$/u, '');
}

function templatesMissing(names: readonly string[], profile: string): VirtfsError {
  return new VirtfsError('BAD_PROFILE', {
    what: `cannot use the profile '${escapeLines(profile)}'`,
    why: `its key etc names ${names.map(escapeLines).join(', ')}, and there is no such template`,
    mend: `write it: /etc/virtfs/profile-etc/${escapeLines(names[0] ?? '')}, or take the name out of the profile`,
  });
}
