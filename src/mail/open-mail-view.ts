import type { DomainName } from '../domain/domain-name.ts';
import { DomainCache } from './domain-cache.ts';
import { MailRoot } from './mail-root.ts';
import type { MailDomain, MailView } from './mail-view.ts';

export interface MailViewOptions {
  /** The roots of trees, absolute. */
  readonly roots: readonly string[];
}

/** To be kept as long as the program runs: what it reads of a domain is kept while its files stay the same. */
export interface OpenMailView extends MailView, Disposable {}

/**
 * Opens the roots of trees to ask where mail goes. A root that comes later, when its disk is mounted, is found then.
 * Needs root. Throws ROOT_UNSAFE, PATH_MISSING.
 */
export function openMailView({ roots }: MailViewOptions): OpenMailView {
  const cache = new DomainCache();
  const open: MailRoot[] = [];
  const close = () => {
    for (const root of open) root[Symbol.dispose]();
  };
  try {
    for (const path of roots) open.push(new MailRoot(path, cache));
  } catch (error) {
    close();
    throw error;
  }
  return { findDomain: (name) => findIn(open, name), [Symbol.dispose]: close };
}

function findIn(roots: readonly MailRoot[], name: DomainName): MailDomain | undefined {
  for (const root of roots) {
    const found = root.find(name);
    if (found !== undefined) return found;
  }
  // A disk that is not mounted must not make its domains unknown.
  for (const root of roots) root.requireInUse();
  return undefined;
}
