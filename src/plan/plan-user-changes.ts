import type { DeclaredDomain, DeclaredUser } from '../domain/declared-host.ts';
import type { DomainName } from '../domain/domain-name.ts';
import { isSamePasswordField } from '../domain/parse-password-field.ts';
import type { PresentUser, TreeAccounts } from '../domain/tree-accounts.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { webmaster } from './choose-accounts.ts';
import type { UserChangeStep, UserField } from './plan-host-changes.ts';

export interface UserPlan {
  readonly changes: readonly UserChangeStep[];
  /** Sentences: what is declared and cannot be brought about. */
  readonly refusals: readonly string[];
  /** Sentences: what is worth knowing. */
  readonly notices: readonly string[];
}

/**
 * What lies between the users a domain is declared with and those it has, in the order in which it can be done. With
 * `prune` those go who are not declared, but for the administrator and the webmaster, whom every tree has, and groups with
 * nobody in them.
 */
export function planUserChanges(
  { domain, users, groups }: DeclaredDomain,
  accounts: TreeAccounts,
  { prune, admin }: { readonly prune: boolean; readonly admin: string },
): UserPlan {
  const known = new Map(accounts.people.map((user) => [user.name, user]));
  const names = new Set([...users.map(({ name }) => name), admin, webmaster]);
  const gone = prune ? [...known.keys(), ...accounts.leftovers].filter((name) => !names.has(name)) : [];
  const added = users.filter(({ name }) => !known.has(name));
  const soonThere = new Set(added.map(({ name }) => name));
  const isTooEarly = (group: string) => soonThere.has(group);
  return {
    changes: [
      ...gone.map((name): UserChangeStep => ({ type: 'remove user', domain, name })),
      ...groups
        .filter((name) => !accounts.groups.has(name))
        .map((name): UserChangeStep => ({ type: 'add group', domain, name })),
      ...inOrder(added).map((user): UserChangeStep => {
        const soon = user.groups?.filter((group) => !isTooEarly(group));
        return { type: 'add user', domain, user: { ...user, groups: soon } };
      }),
      ...added
        .filter(({ groups: wanted }) => wanted?.some(isTooEarly))
        .map((user) => joinLate(domain, user, isTooEarly)),
      ...users.flatMap((user) => planChange(domain, user, known.get(user.name))),
      ...(prune
        ? listForsaken(accounts, { users, groups }, new Set([...names, ...known.keys()]), new Set(gone))
        : []
      ).map((name): UserChangeStep => ({ type: 'remove group', domain, name })),
    ],
    refusals: users.flatMap((user) => refuse(domain, user, known.get(user.name))),
    notices: prune ? noticeOddNames(domain, accounts) : [],
  };
}

/** Groups of the domain's own that nobody declares, and in which nobody is once the users are as declared. */
function listForsaken(
  accounts: TreeAccounts,
  { users, groups }: Pick<DeclaredDomain, 'users' | 'groups'>,
  userNames: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): readonly string[] {
  const wanted = new Set([...groups, ...users.flatMap((user) => user.groups ?? []), ...userNames]);
  const leaving = new Set([
    ...gone,
    ...users.flatMap((user) => (user.groups === undefined ? [] : [user.name])),
  ]);
  return [...accounts.groups]
    .filter(([name, { kind, isPlain }]) => kind === 'own' && isPlain && !wanted.has(name) && !gone.has(name))
    .filter(([, { isPrimary, members }]) => !isPrimary && members.every((member) => leaving.has(member)))
    .map(([name]) => name);
}

/** Those who have a number of their choice first: another who gets the next free one might get theirs. */
function inOrder(users: readonly DeclaredUser[]): readonly DeclaredUser[] {
  return [...users.filter(({ uid }) => uid !== undefined), ...users.filter(({ uid }) => uid === undefined)];
}

/** A group that comes with another new user is not there yet when this one is added. */
function joinLate(
  domain: DomainName,
  user: DeclaredUser,
  isTooEarly: (group: string) => boolean,
): UserChangeStep {
  const to = user.groups ?? [];
  const from = to.filter((group) => !isTooEarly(group));
  const only = { ...nothingOf(user.name), groups: to };
  return { type: 'change user', domain, user: only, fields: [{ name: 'groups', from, to }] };
}

function planChange(
  domain: DomainName,
  user: DeclaredUser,
  there: PresentUser | undefined,
): UserChangeStep[] {
  const fields = there === undefined ? [] : differingFields(user, there);
  return fields.length === 0 ? [] : [{ type: 'change user', domain, user, fields }];
}

function differingFields(user: DeclaredUser, there: PresentUser): readonly UserField[] {
  const { fullName, shell, groups, passwordHash } = user;
  const isOther = groups !== undefined && !isSameSet(groups, there.groups);
  return [
    ...differing('full name', there.fullName, fullName),
    ...differing('shell', there.shell, shell),
    ...(isOther ? [{ name: 'groups', from: there.groups, to: groups } as const] : []),
    ...(passwordHash === undefined || isSamePasswordField(passwordHash, there.passwordHash)
      ? []
      : [{ name: 'password' } as const]),
  ];
}

function differing(name: 'full name' | 'shell', from: string, to: string | undefined): readonly UserField[] {
  return to === undefined || to === from ? [] : [{ name, from, to }];
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

function refuse(domain: DomainName, user: DeclaredUser, there: PresentUser | undefined): string[] {
  if (there === undefined) return [];
  const who = `${user.name} of ${domain}`;
  return [
    ...(user.uid === undefined || user.uid === there.uid
      ? []
      : [`${who} has the user id ${there.uid}, and his files with it: that is not changed afterwards`]),
    ...(user.home === undefined || user.home === there.home
      ? []
      : [`${who} has the home ${escapeLines(there.home)}: a home is not moved`]),
  ];
}

function noticeOddNames(domain: DomainName, { oddNames }: TreeAccounts): string[] {
  if (oddNames.length === 0) return [];
  const shown = oddNames.slice(0, 5).map((name) => `'${escapeLines(name).slice(0, 40)}'`);
  return [`${domain} has users whose names no command can be given, and they stay: ${shown.join(', ')}`];
}

function nothingOf(name: string): DeclaredUser {
  return {
    name,
    fullName: undefined,
    shell: undefined,
    home: undefined,
    uid: undefined,
    groups: undefined,
    passwordHash: undefined,
  };
}
