import type { Account } from '../../domain/account.ts';

/** Where programs are looked up inside a tree. */
export const insidePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a program in a tree, as `NAME=value`. What the caller's has of TERM, LANG and LC_* is taken
 * over where it is a plain name: a slash in one would make a library read a file, a control character reach a terminal.
 */
export function planEnvironment(
  caller: Readonly<Record<string, string | undefined>>,
  { name, home, shell }: Account,
  domain: string,
): readonly string[] {
  const taken = Object.entries(caller).filter(
    ([key, value = '']) =>
      /^(?:TERM|LANG|LC_[A-Z]{1,32})$/u.test(key) && /^[A-Za-z0-9._@+-]{1,64}$/u.test(value),
  );
  return [
    `PATH=${insidePath}`,
    `HOME=${home}`,
    `USER=${name}`,
    `LOGNAME=${name}`,
    `SHELL=${shell}`,
    `VIRTFS_DOMAIN=${domain}`,
    ...taken.map(([key, value]) => `${key}=${value}`),
  ];
}
