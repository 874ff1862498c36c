import { nearestName } from '../domain/nearest-name.ts';
import type { Profile, ProfileDirectory, ProfileLink } from '../domain/profile.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/**
 * One profile out of several and all they extend. What is extended comes first, then what extends it, names in the
 * order given; equals are kept once. A folder or link that two name is as the later one has it.
 * `find` answers a checked profile, `all` are the names there are.
 * Throws UNKNOWN_PROFILE, and BAD_PROFILE for a profile that extends itself by any way round.
 */
export function resolveProfile(
  names: readonly string[],
  find: (name: string) => Profile | undefined,
  all: readonly string[],
): Profile {
  const inOrder: Profile[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) throw circular([...way.slice(way.indexOf(name)), name]);
    if (inOrder.some((profile) => profile.name === name)) return;
    const profile = find(name);
    if (profile === undefined) throw unknown(name, way.at(-1), all);
    for (const base of profile.extends) visit(base, [...way, name]);
    inOrder.push(profile);
  };
  for (const name of names) visit(name, []);
  const asked = inOrder.filter((profile) => names.includes(profile.name));
  return merge([...new Set(names)].join(','), asked.map((profile) => profile.summary).join('; '), inOrder);
}

function merge(name: string, summary: string, profiles: readonly Profile[]): Profile {
  const union = (pick: (profile: Profile) => readonly string[]) => [...new Set(profiles.flatMap(pick))];
  const commands = union((profile) => profile.commands);
  const files = union((profile) => profile.files);
  return {
    name,
    summary,
    extends: [],
    commands,
    optionalCommands: union((profile) => profile.optionalCommands).filter((name) => !commands.includes(name)),
    packages: union((profile) => profile.packages),
    files,
    optionalFiles: union((profile) => profile.optionalFiles).filter((path) => !files.includes(path)),
    exclude: union((profile) => profile.exclude),
    directories: lastOfEach<ProfileDirectory>(profiles.flatMap((profile) => profile.directories)),
    links: lastOfEach<ProfileLink>(profiles.flatMap((profile) => profile.links)),
    devices: union((profile) => profile.devices),
    users: union((profile) => profile.users),
    groups: union((profile) => profile.groups),
    pam: union((profile) => profile.pam),
    setid: union((profile) => profile.setid),
    etc: union((profile) => profile.etc),
    shells: union((profile) => profile.shells),
    hostKeys: union((profile) => profile.hostKeys),
    services: union((profile) => profile.services),
    install: Object.assign({}, ...profiles.map((profile) => profile.install)),
  };
}

function lastOfEach<Item extends { readonly path: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.path, item])).values()];
}

function circular(way: readonly string[]): VirtfsError {
  return new VirtfsError('BAD_PROFILE', {
    what: `cannot use the profile '${escapeLines(way[0] ?? '')}'`,
    why: `it extends itself: ${escapeLines(way.join(' -> '))}`,
    mend: "take one of these names out of the 'extends' key that closes the circle",
  });
}

function unknown(name: string, by: string | undefined, all: readonly string[]): VirtfsError {
  const near = nearestName(name, all);
  return new VirtfsError('UNKNOWN_PROFILE', {
    what: `there is no profile '${escapeLines(name).slice(0, 80)}'`,
    why: `${by === undefined ? '' : `the profile '${escapeLines(by)}' extends it, and `}the profiles here are ${all.join(', ')}`,
    mend: near === undefined ? 'list what each holds: virtfs profiles' : `did you mean ${near}?`,
  });
}
