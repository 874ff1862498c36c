// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\\]/gu;

/** `text` from outside, safe on a terminal and in a log line: control and bidi characters, and `\`, as `\xNN` or `\u{N}`. */
export function escapeLines(text: string): string {
  return text.replace(unsafe, (char) => {
    if (char === '\\') return '\\\\';
    const point = char.codePointAt(0) ?? 0;
    return point < 256 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
  });
}
