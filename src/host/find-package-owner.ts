import { escapeLines } from '../errors/escape-lines.ts';

/**
 * The Debian package a host file belongs to, as dpkg-query knows it; undefined where it knows none, or there is no dpkg.
 * A convenience: it never fails, and waits five seconds at most.
 */
export async function findPackageOwner(path: string, signal: AbortSignal): Promise<string | undefined> {
  const { execa } = await import('execa');
  // On a merged /usr, packages still call their files by the old name: /bin/ls.
  const names = path.startsWith('/usr/') ? [path, path.slice('/usr'.length)] : [path, `/usr${path}`];
  const patterns = names.map((name) => name.replace(/[\\*?[\]]/gu, '\\$&'));
  const { stdout } = await execa('dpkg-query', ['--search', ...patterns], {
    reject: false,
    timeout: 5000,
    cancelSignal: signal,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  signal.throwIfAborted();
  const lines = typeof stdout === 'string' ? stdout.split('\n') : [];
  for (const line of lines) {
    const [, owner, file] = /^(?!diversion )(.+?): (\/.*)$/u.exec(line) ?? [];
    if (owner !== undefined && file !== undefined && names.includes(file)) return escapeLines(owner);
  }
  return undefined;
}
