import { type DomainName, unicodeForm } from '../domain/domain-name.ts';

/** A name as DNS has it, and in brackets as people write it, where that differs. */
export function describeName(domain: DomainName): string {
  const unicode = unicodeForm(domain);
  return unicode === undefined ? domain : `${domain} (${unicode})`;
}
