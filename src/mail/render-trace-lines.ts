/**
 * The lines a delivery puts before the message: who sent it and for whom it is. No line break nor other control
 * character of an address gets into them. `newline` is what the lines of the message end in.
 */
export function renderTraceLines(sender: string, address: string, newline: '\n' | '\r\n'): Uint8Array {
  const lines = [`Return-Path: <${oneLine(sender)}>`, `Delivered-To: ${oneLine(address)}`, ''];
  return Buffer.from(lines.join(newline));
}

/** How the first line of a message ends. */
export function findNewline(beginning: Uint8Array): '\n' | '\r\n' {
  const end = beginning.indexOf(lineFeed);
  return end > 0 && beginning[end - 1] === carriageReturn ? '\r\n' : '\n';
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function oneLine(address: string): string {
  return address.replace(/[\p{Cc}\u2028\u2029]/gu, '?');
}
