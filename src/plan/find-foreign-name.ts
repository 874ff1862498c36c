import type { HostView } from '../domain/host-view.ts';
import { readHostText } from './read-host-file.ts';

/** Names every machine has. */
const everyones = /^(?:localhost(?:[46]?\.localdomain[46]?)?|ip6-.*|localhost[46])$/u;

/** The names of the host itself: /etc/hostname, /etc/mailname, and what /etc/hosts has beside them. Lower case. */
export function listHostNames(host: HostView): string[] {
  const own = ['/etc/hostname', '/etc/mailname'].flatMap((path) => words(readHostText(host, path) ?? ''));
  const beside = (readHostText(host, '/etc/hosts') ?? '')
    .split('\n')
    .map((line) => words(line).slice(1))
    // Debian gives the host's own names the address 127.0.1.1, which its name need not be found by.
    .filter((names) =>
      names.some((name) => own.includes(name) || own.some((one) => name.startsWith(`${one}.`))),
    );
  return [...new Set([...own, ...beside.flat()])].filter((name) => !everyones.test(name));
}

/** The first of `names` that stands in `text` as a whole name, or undefined. */
export function findForeignName(text: string, names: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  return names.find((name) => new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`, 'u').test(lower));
}

function words(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => line.replace(/#.*/u, '').trim().toLowerCase().split(/\s+/u))
    .filter((word) => word !== '');
}
