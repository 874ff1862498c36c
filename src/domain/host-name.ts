/** The host name a domain's programs see: the domain, or its first label where Linux could not hold it (64 bytes). */
export function hostNameOf(domain: string): string {
  return domain.length <= 64 ? domain : (domain.split('.')[0] ?? domain);
}
