/**
 * `text` with A to Z lowered, and nothing else: Unicode lowers the Kelvin sign to `k`, and mail for a look-alike must not
 * reach the one it looks like.
 */
export function lowerAscii(text: string): string {
  return /[A-Z]/u.test(text) ? text.replace(/[A-Z]+/gu, (letters) => letters.toLowerCase()) : text;
}
