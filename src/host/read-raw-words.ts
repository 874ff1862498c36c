import { readFileSync } from 'node:fs';

/**
 * The last words of this process's command line as the bytes they are, `words` being what Node made of them: it turns
 * bytes that are not UTF-8, as in a file name of another time, into U+FFFD.
 */
export function readRawWords(words: readonly string[]): readonly Uint8Array[] {
  if (words.length === 0) return [];
  if (!words.some((word) => word.includes('\ufffd'))) return words.map((word) => Buffer.from(word));
  return splitAtNul(readFileSync('/proc/self/cmdline')).slice(-words.length);
}

function splitAtNul(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const nul = bytes.indexOf(0, from);
    const end = nul === -1 ? bytes.length : nul;
    parts.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return parts;
}
