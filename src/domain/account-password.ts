import { type AccountFiles, findAccountFields, mapAccounts, putAccount } from './account-lines.ts';

/**
 * `set`: someone who knows it gets in. `locked`: there is one behind a `!`. `none`: no password opens the account.
 * `open`: nobody is asked for one.
 */
export type PasswordState = 'set' | 'locked' | 'none' | 'open';

/** The password field that counts for a user: shadow's where passwd says so with `x` (passwd(5)). */
export function passwordFieldOf(files: AccountFiles, name: string): string {
  const own = findAccountFields('passwd', files.passwd, name)?.[1] ?? '!';
  if (own !== 'x') return own;
  return findAccountFields('shadow', files.shadow, name)?.[1] ?? '!';
}

/** What a password field means (crypt(5), shadow(5)). */
export function passwordState(field: string): PasswordState {
  if (field === '') return 'open';
  const rest = field.replace(/^!+/u, '');
  if (!/^(?:[$_][\x21-\x7e]{4,}|[./0-9A-Za-z]{13})$/u.test(rest)) return 'none';
  return rest === field ? 'set' : 'locked';
}

/** `files` with another password field for a user who is there. `day` is the day of the change, since 1970. */
export function putPasswordField(
  files: AccountFiles,
  name: string,
  field: string,
  day: number | undefined,
): AccountFiles {
  const known = findAccountFields('shadow', files.shadow, name) ?? [
    name,
    '',
    '',
    '0',
    '99999',
    '7',
    '',
    '',
    '',
  ];
  const changed = known.map((each, index) => {
    if (index === 1) return field;
    return index === 2 && day !== undefined ? String(day) : each;
  });
  return {
    ...files,
    shadow: putAccount('shadow', files.shadow, changed),
    passwd: mapAccounts('passwd', files.passwd, (fields) =>
      fields[0] === name && fields[1] !== 'x' ? [name, 'x', ...fields.slice(2)] : undefined,
    ),
  };
}
