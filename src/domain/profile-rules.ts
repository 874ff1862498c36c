/** What one text of a profile must be. Each answers the rule broken, to follow the text in a sentence, or undefined. */

/** An absolute path or glob pattern. */
export function whyNotPath(text: string): string | undefined {
  if (!text.startsWith('/')) return 'is not an absolute path';
  if (/\p{Cc}/u.test(text)) return 'holds a control character';
  if (text.length > 4095) return 'is longer than 4095 characters';
  const parts = text.slice(1).split('/');
  if (parts.includes('..') || parts.includes('.')) return "holds '.' or '..'";
  if (parts.includes('')) return "is '/', ends with '/' or holds '//'";
  // A range or class could spell `..` or `/` in a way the checks above do not see.
  if (/[{}()[\]]/u.test(text) && /\.\.|\\/u.test(text)) return "joins a pattern with '..' or '\\'";
  return undefined;
}

/** An absolute path that is looked up as it stands. */
export function whyNotPlainPath(text: string): string | undefined {
  return (
    whyNotPath(text) ?? (isPattern(text) ? 'is a pattern, and only a plain path may stand here' : undefined)
  );
}

/** True where a `files` or `exclude` entry needs matching, not only looking up. A `[` alone is a program's name. */
export function isPattern(text: string): boolean {
  return /[*?{}]|\[.+\]|[!+@]\(/u.test(text);
}

/** A command: a name looked up on PATH, an absolute path, or `*` for all. */
export function whyNotCommand(text: string): string | undefined {
  if (text === '*') return undefined;
  if (text.startsWith('/')) return whyNotPlainPath(text);
  if (text.includes('/')) return 'has a slash: give a bare name, or an absolute path';
  if (text === '' || text === '.' || text === '..' || /[\s\p{Cc}]/u.test(text)) return 'is not a name';
  return isPattern(text) ? "is a pattern: only '*' alone stands for all" : undefined;
}

/** A user or group name as packages give them to system accounts: `www-data`, `Debian-exim`. */
export function whyNotAccountName(text: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/u.test(text) ? undefined : 'is not a user or group name';
}

/** A name that can be one path component and one word: a profile, package, device, PAM or network service. */
export function whyNotPlainName(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9+._:-]{0,127}$/u.test(text) ? undefined : 'is not a name';
}

/** The name of a file below etc: `vsftpd.conf`, `ssh/sshd_config`. */
export function whyNotEtcName(text: string): string | undefined {
  if (text.startsWith('/')) return 'is absolute: name it as it is below etc';
  return whyNotPlainPath(`/${text}`);
}

/** A path that by its name alone is taken for a key, so that none is ever copied from the host or to a clone. */
export function whyNotHostKey(text: string): string | undefined {
  return /^\/etc\/ssh\/ssh_host_[\w-]*key$/u.test(text)
    ? undefined
    : "is not like '/etc/ssh/ssh_host_ed25519_key'";
}
