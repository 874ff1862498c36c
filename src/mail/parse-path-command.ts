/** What MAIL or RCPT says (RFC 5321, 4.1.1.2 and 4.1.1.3). */
export interface PathCommand {
  /** As it was sent, without angle brackets and source route; empty for a bounce. */
  readonly address: string;
  /** ESMTP parameters by their names in capitals; true for one without a value. */
  readonly args: Readonly<Record<string, string | true>> | false;
  /** The name of a parameter that was given twice. */
  readonly duplicate?: string;
}

/** Longer than any path may be (RFC 5321, 4.5.3.1.3), short enough for a log line. */
const longestAddress = 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/u;

/**
 * Reads `MAIL FROM:<path> PARAMETER…`, of which `name` is `mail from` or `rcpt to`. A path is taken as it stands, with a
 * quoted local part: what kind of sender there may be is for those to say who let the message in, and which recipients
 * there are is decided later. False for what is no such command, has no brackets, or holds control characters.
 */
export function parsePathCommand(name: string, line: string): PathCommand | false {
  const colon = line.indexOf(':');
  if (colon === -1 || line.slice(0, colon).trim().toLowerCase() !== name.toLowerCase()) return false;
  const text = line.slice(colon + 1).trim();
  const path = /^<(?<path>(?:"(?:[^"\\]|\\.)*"|[^<>"])*)>(?=$|\s)/su.exec(text);
  if (path === null || controlCharacter.test(text)) return false;
  const address = withoutRoute(path.groups?.path ?? '');
  // A replacement character stands for bytes that are not UTF-8.
  if (address.length > longestAddress || address.includes('\ufffd')) return false;
  return readParameters(address, text.slice(path[0].length));
}

/** A source route is accepted and ignored (RFC 5321, appendix C). */
function withoutRoute(path: string): string {
  return path.replace(/^@[^\s,:@]+(?:,@[^\s,:@]+)*:/u, '');
}

function readParameters(address: string, text: string): PathCommand | false {
  const args = new Map<string, string | true>();
  let duplicate: string | undefined;
  for (const word of text.split(/\s+/u).filter(Boolean)) {
    const equals = word.indexOf('=');
    const key = (equals === -1 ? word : word.slice(0, equals)).toUpperCase();
    const value = equals === -1 || equals === word.length - 1 ? true : decodeXtext(word.slice(equals + 1));
    if (key === '' || (value !== true && controlCharacter.test(value))) return false;
    if (args.has(key)) duplicate = key;
    args.set(key, value);
  }
  return {
    address,
    args: args.size === 0 ? false : Object.fromEntries(args),
    ...(duplicate !== undefined && { duplicate }),
  };
}

/** RFC 3461, 4. */
function decodeXtext(text: string): string {
  return text.replace(/\+(?<hex>[0-9A-F]{2})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
