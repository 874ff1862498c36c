/** Columns of a terminal that `text` takes: two for East Asian wide and emoji, none for marks. Lines are not its business. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/u.test(text)) return text.length;
  return segments(text).reduce((sum, segment) => sum + segmentWidth(segment), 0);
}

/** As much of the beginning of `text` as fits `width` columns; what people see as one character is never cut. */
export function takeWidth(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const segment of segments(text)) {
    used += segmentWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}

/** `text` filled up with spaces to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

function segments(text: string): string[] {
  return Array.from(
    new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text),
    (each) => each.segment,
  );
}

const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;

function segmentWidth(segment: string): number {
  if (/^[\p{M}\p{Cf}\p{Cc}]+$/u.test(segment)) return 0;
  return wide.test(segment) ? 2 : 1;
}
