/** RFC 5321, 4.5.3.1.1, asks for 64 at least; lists that write the reader's address into their own need more. */
const mostLocalBytes = 255;

/** The rule a local part without quotes breaks, or undefined when it may be looked for. Printable ASCII. */
export function whyNotLocalPart(local: string): string | undefined {
  if (local === '') return 'it has no local part';
  if (local.length > mostLocalBytes || Buffer.byteLength(local) > mostLocalBytes)
    return `its local part is longer than ${mostLocalBytes} bytes`;
  if (/[\s\p{C}\p{Z}\ufffd]/u.test(local))
    return 'its local part holds a space, or a character nobody can see';
  if (!/^(?:[A-Za-z0-9#$&'*+=?^_`{}~.-]|[^\p{ASCII}])+$/u.test(local))
    return 'its local part holds / | % ! or a character that needs quotes';
  if (/^[.]|[.]$|[.][.]/u.test(local)) return 'a dot begins or ends its local part, or follows another';
  // A program that got it as an argument would take it for an option.
  if (local.startsWith('-')) return 'its local part begins with a hyphen';
  return undefined;
}
