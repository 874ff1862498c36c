/**
 * True when ldconfig(8) enters a file of one of its directories under the file's own name: a library by its soname,
 * or the link to it that a linker uses. Under any other name the loader does not find it through the cache.
 */
export function isInLdCache(
  name: string,
  file: { readonly soname: string | undefined; readonly isLink: boolean },
): boolean {
  if (!/^(?:lib|ld-).*\.so/su.test(name)) return false;
  const soname = file.soname ?? name;
  return soname === name || (file.isLink && name.endsWith('.so') && soname.startsWith(name));
}
