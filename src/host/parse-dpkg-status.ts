/** Installed packages by name, with their versions, from the text of /var/lib/dpkg/status (dpkg(1), deb-control(5)). */
export function parseDpkgStatus(text: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const paragraph of text.split(/\n\n+/u)) {
    // Continuation lines begin with a blank: no field of ours is found in one.
    if (!/^Status: \S+ \S+ installed$/mu.test(paragraph)) continue;
    const name = /^Package: (?<name>\S+)$/mu.exec(paragraph)?.groups?.name;
    const version = /^Version: (?<version>\S+)$/mu.exec(paragraph)?.groups?.version;
    if (name !== undefined && version !== undefined) versions.set(name, version);
  }
  return versions;
}
