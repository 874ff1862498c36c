import { passwordState } from '../domain/account-password.ts';
import type { DeclaredUser } from '../domain/declared-host.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { HostChange, ListChange, UserField } from './plan-host-changes.ts';

/** A change in one line, as in a diff: `+` comes, `-` goes, `~` becomes another. Hashes are never shown. */
export function describeHostChange(change: HostChange): string {
  const { domain } = change;
  switch (change.type) {
    case 'remove domain':
      return `- ${domain}`;
    case 'create domain': {
      const { profiles, addresses, aliases } = change.make;
      const lists = [named('profiles', profiles), named('addresses', addresses), named('aliases', aliases)];
      return `+ ${[domain as string, ...lists.flat()].join('  ')}`;
    }
    case 'change domain':
      return `~ ${[domain as string, ...change.lists.map(describeList)].join('  ')}`;
    case 'change services': {
      const marks = [...change.removed.map((each) => `-${each}`), ...change.added.map((each) => `+${each}`)];
      return `~ ${domain}  services ${marks.map(escapeLines).join(' ')}`;
    }
    case 'refresh domain':
      return `~ ${domain}  the tree follows its record`;
    case 'remove user':
      return `- ${escapeLines(change.name)} of ${domain}`;
    case 'remove group':
      return `- group ${escapeLines(change.name)} of ${domain}`;
    case 'add group':
      return `+ group ${change.name} of ${domain}`;
    case 'add user':
      return `+ ${[`${change.user.name} of ${domain}`, ...describeNew(change.user)].join('  ')}`;
    case 'change user':
      return `~ ${[`${change.user.name} of ${domain}`, ...change.fields.map(describeField)].join('  ')}`;
  }
}

/** A change as data: what `describeHostChange` says, field by field, and no password hash. */
export function encodeHostChange(change: HostChange): Readonly<Record<string, unknown>> {
  const { type, domain } = change;
  const text = describeHostChange(change);
  switch (change.type) {
    case 'create domain':
      return { type, text, ...change.make };
    case 'change domain':
      return { type, domain, text, lists: change.lists };
    case 'change services':
      return { type, domain, text, added: change.added, removed: change.removed };
    case 'remove domain':
    case 'refresh domain':
      return { type, domain, text };
    case 'remove user':
    case 'remove group':
    case 'add group':
      return { type, domain, text, name: change.name };
    case 'add user': {
      const { passwordHash, ...user } = change.user;
      return { type, domain, text, user: { ...user, password: hasPassword(passwordHash) } };
    }
    case 'change user':
      return { type, domain, text, name: change.user.name, fields: change.fields };
  }
}

function named(name: string, list: readonly string[]): readonly string[] {
  return list.length === 0 ? [] : [`${name} ${list.map(escapeLines).join(' ')}`];
}

function describeList({ name, from, to }: ListChange): string {
  const marks = describeMarks(from, to);
  return `${name} ${marks === '' ? `in another order: ${to.map(escapeLines).join(' ')}` : marks}`;
}

function describeMarks(from: readonly string[], to: readonly string[]): string {
  const gone = from.filter((each) => !to.includes(each)).map((each) => `-${escapeLines(each)}`);
  const come = to.filter((each) => !from.includes(each)).map((each) => `+${escapeLines(each)}`);
  return [...gone, ...come].join(' ');
}

function describeField(field: UserField): string {
  if (field.name === 'password') return 'password';
  if (field.name === 'groups') return `groups ${describeMarks(field.from, field.to)}`;
  return `${field.name} ${shown(field.from)} -> ${shown(field.to)}`;
}

function shown(text: string): string {
  return text === '' || text.includes(' ') ? `'${escapeLines(text)}'` : escapeLines(text);
}

function describeNew({
  uid,
  fullName,
  shell,
  home,
  groups = [],
  passwordHash,
}: DeclaredUser): readonly string[] {
  return [
    ...(uid === undefined ? [] : [`id ${uid}`]),
    ...(fullName === undefined || fullName === '' ? [] : [shown(fullName)]),
    ...(shell === undefined ? [] : [`shell ${shell}`]),
    ...(home === undefined ? [] : [`home ${home}`]),
    ...named('groups', groups),
    ...(hasPassword(passwordHash) ? ['with a password'] : []),
  ];
}

function hasPassword(field: string | undefined): boolean {
  return field !== undefined && passwordState(field) !== 'none';
}
