import type { DeclaredDomain, DeclaredUser } from '../domain/declared-host.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { TreeAccounts } from '../domain/tree-accounts.ts';

/**
 * Sentences: what is declared of the users and groups of a domain and would fail. `isStaying` is false for a user who is
 * there and is to go, and his group with him.
 */
export function describeUserMistakes(
  declared: DeclaredDomain,
  accounts: TreeAccounts,
  isStaying: (user: string) => boolean,
): readonly string[] {
  const people = new Set(accounts.people.map(({ name }) => name));
  const added = declared.users.filter(({ name }) => !people.has(name));
  return [
    ...declared.groups.flatMap((name) => {
      const kind = accounts.groups.get(name)?.kind ?? 'own';
      if (accounts.userNames.has(name))
        return [`the group ${name} of ${declared.domain} has the name of a user, who has a group of his own`];
      return kind === 'own'
        ? []
        : [`the group ${name} of ${declared.domain} is there, and none of the domain's own`];
    }),
    ...added.flatMap((user) => [
      ...describeName(declared, user, accounts),
      ...describeId(declared, user, accounts),
    ]),
    ...describeSameIds(declared, added),
    ...declared.users.flatMap((user) => describeGroups(declared, user, accounts)),
    ...declared.users.flatMap(({ name, groups = [] }) =>
      groups
        .filter((group) => people.has(group) && !isStaying(group))
        .map(
          (group) => `${name} of ${declared.domain} cannot join the group ${group}, which goes with the user`,
        ),
    ),
  ];
}

function describeName(
  { domain }: DeclaredDomain,
  { name }: DeclaredUser,
  { userNames, groups }: TreeAccounts,
): readonly string[] {
  if (userNames.has(name))
    return [`the user ${name} of ${domain} is there, with an id that is none of the domain's`];
  const group = groups.get(name);
  // What an interrupted addition or removal left is taken up.
  const isLeft = group?.kind === 'own' && !group.isPrimary && group.members.length === 0;
  if (group === undefined || isLeft) return [];
  return [`the user ${name} of ${domain} cannot be: the tree has a group of this name`];
}

function describeId(
  { domain }: DeclaredDomain,
  { name, uid }: DeclaredUser,
  { uids, ids, groups }: TreeAccounts,
): readonly string[] {
  if (uid === undefined) return [];
  const last = uids.first + uids.count - 1;
  const left = groups.get(name)?.gid;
  if (uid < uids.first || uid > last)
    return [`the user id ${uid} of ${name} is none of ${domain}, whose ids are ${uids.first} to ${last}`];
  if (left !== undefined && left !== uid)
    return [`${name} of ${domain} cannot have the user id ${uid}: the group of his name has ${left}`];
  return left === undefined && ids.has(uid) ? [`the user id ${uid} of ${name} is taken in ${domain}`] : [];
}

function describeSameIds({ domain }: DeclaredDomain, added: readonly DeclaredUser[]): readonly string[] {
  const byId = Map.groupBy(added, ({ uid }) => uid);
  return [...byId]
    .filter(([uid, users]) => uid !== undefined && users.length > 1)
    .map(
      ([uid, users]) =>
        `${users.map(({ name }) => name).join(' and ')} of ${domain} have one user id: ${uid}`,
    );
}

function describeGroups(
  { domain, users, groups: declaredGroups }: DeclaredDomain,
  { name, groups = [] }: DeclaredUser,
  accounts: TreeAccounts,
): readonly string[] {
  return groups.flatMap((group) => {
    const there = accounts.groups.get(group);
    const who = `${name} of ${domain}`;
    if (there?.kind === 'foreign')
      return [
        `${who} cannot join the group ${group}: its id ${there.gid} is root's, the host's or another domain's`,
      ];
    if (there !== undefined || declaredGroups.includes(group) || users.some((user) => user.name === group))
      return [];
    const near = nearestName(group, [...accounts.groups.keys(), ...declaredGroups]);
    const hint =
      near === undefined ? `groups = ["${group}"] of the domain makes one` : `perhaps ${near} is meant`;
    return [`${who} cannot join the group ${group}, for there is none: ${hint}`];
  });
}
