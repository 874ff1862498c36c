import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/**
 * The address in RPLINE, `Return-Path: <sender>`, or in DTLINE, `Delivered-To: recipient`, with the line break that
 * qmail-command(8) puts at its end, or without, as Exim hands on what has one. Empty for a bounce. Throws BAD_USAGE for
 * another header, for a second line, which would be a header of somebody's choice, and for what is not one word in `<>`.
 */
export function parseQmailLine(variable: 'RPLINE' | 'DTLINE', line: string): string {
  const header = variable === 'RPLINE' ? 'Return-Path' : 'Delivered-To';
  const text = line.replace(/\r?\n$/u, '');
  const found = /^([A-Za-z-]+):[ \t]*(.*)$/u.exec(text);
  // A further line would not match: `.` is no line break.
  if (found?.[1]?.toLowerCase() !== header.toLowerCase())
    throw badLine(variable, line, `it is not one line ${header}: ADDRESS`);
  const value = (found[2] ?? '').trim();
  const inner = value.startsWith('<') && value.endsWith('>') ? value.slice(1, -1) : value;
  const wrong = whyNotPath(inner);
  if (wrong !== undefined) throw badLine(variable, line, wrong);
  return inner;
}

/**
 * Why `text` cannot stand between `<` and `>` of an envelope (RFC 5321, 4.1.2); undefined when it can. Who wrote it is
 * not asked: it is the sender of somebody else's mail. The longest there is has 254 characters; ten times that is let pass.
 */
export function whyNotPath(text: string): string | undefined {
  if (Buffer.byteLength(text) > 2540) return 'it is longer than any address';
  if (/[\p{Cc}<>\u2028\u2029]/u.test(text)) return 'it holds a character no address has';
  return undefined;
}

function badLine(variable: string, line: string, why: string): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: `cannot read ${variable} '${escapeLines(line).slice(0, 200)}'`,
    why,
    mend: 'let qmail-local set it, or say --recipient ADDRESS and --sender ADDRESS',
  });
}
