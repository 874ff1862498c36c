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

/**
 * The first of `domains` that stands in `text` as a whole name or as a part of a longer one, or undefined. For many
 * domains: the time it takes depends on the text alone.
 */
export function findDomainName(text: string, domains: ReadonlySet<string>): string | undefined {
  if (domains.size === 0) return undefined;
  const known = answers.get(domains) ?? new Map<string, string | undefined>();
  answers.set(domains, known);
  if (!known.has(text)) known.set(text, searchDomainName(text, domains));
  return known.get(text);
}

/** A call that makes a hundred trees asks for the same few texts a hundred times. */
const answers = new WeakMap<ReadonlySet<string>, Map<string, string | undefined>>();

function searchDomainName(text: string, domains: ReadonlySet<string>): string | undefined {
  for (const [run] of text.toLowerCase().matchAll(/[\w-]+(?:\.[\w-]+)+/gu)) {
    const labels = run.split('.').slice(0, mostLabels);
    for (const from of labels.keys()) {
      for (let to = labels.length; to > from + 1; to--) {
        const name = labels.slice(from, to).join('.');
        if (domains.has(name)) return name;
      }
    }
  }
  return undefined;
}

/** A name has at most 127 labels (RFC 1035); what is longer is none. */
const mostLabels = 127;

function words(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => line.replace(/#.*/u, '').trim().toLowerCase().split(/\s+/u))
    .filter((word) => word !== '');
}
