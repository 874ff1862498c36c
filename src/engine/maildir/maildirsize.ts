/** Limits of a mailbox, all its folders together; undefined is none. */
export interface MaildirQuota {
  readonly bytes: number | undefined;
  readonly messages: number | undefined;
}

/** What is in a mailbox. */
export interface MaildirUsage {
  readonly bytes: number;
  readonly messages: number;
}

/** What a `maildirsize` says (Maildir++). */
export interface MaildirSize extends MaildirUsage {
  /** Lines added up: with one only, all was counted when the file was made. */
  readonly lines: number;
}

/** A longer file is to be made anew. */
export const mostSizeBytes = 5120;

/** How long a sum is believed that leaves no room for a message: who deletes mail may not write the file. */
const staleAfterSeconds = 15 * 60;

/**
 * Reads a `maildirsize` kept for this quota. Undefined when it is for another, torn, too long or no such file at all: then
 * the mailbox is to be counted.
 */
export function parseMaildirSize(text: string, quota: MaildirQuota): MaildirSize | undefined {
  if (text.length > mostSizeBytes || !text.endsWith('\n')) return undefined;
  const [limits = '', ...lines] = text.slice(0, -1).split('\n');
  if (!isLimitsOf(limits, quota) || lines.length === 0) return undefined;
  let bytes = 0;
  let messages = 0;
  for (const line of lines) {
    const counts = /^\s*(-?\d{1,15})\s+(-?\d{1,9})\s*$/u.exec(line);
    if (counts === null) return undefined;
    bytes += Number(counts[1]);
    messages += Number(counts[2]);
  }
  return bytes < 0 || messages < 0 ? undefined : { bytes, messages, lines: lines.length };
}

/** The file of a mailbox just counted. */
export function renderMaildirSize(quota: MaildirQuota, usage: MaildirUsage): string {
  return `${renderLimits(quota)}\n${renderChange(usage)}`;
}

/** What is appended for messages that came or, with negative numbers, went. */
export function renderChange({ bytes, messages }: MaildirUsage): string {
  return `${bytes} ${messages}\n`;
}

/** True when a mailbox that has `usage` may not have `more` too. */
export function isOver(quota: MaildirQuota, usage: MaildirUsage, more: MaildirUsage): boolean {
  const { bytes = Number.POSITIVE_INFINITY, messages = Number.POSITIVE_INFINITY } = quota;
  return usage.bytes + more.bytes > bytes || usage.messages + more.messages > messages;
}

/** True when what the file says is no ground to refuse a message: the mailbox is to be counted first. */
export function mustCountAgain(size: MaildirSize, ageSeconds: number): boolean {
  return size.lines > 1 || ageSeconds > staleAfterSeconds || ageSeconds < 0;
}

function renderLimits({ bytes, messages }: MaildirQuota): string {
  return [bytes === undefined ? [] : [`${bytes}S`], messages === undefined ? [] : [`${messages}C`]]
    .flat()
    .join(',');
}

/** Other programs may write the limits in the other order. */
function isLimitsOf(line: string, quota: MaildirQuota): boolean {
  return line.split(',').sort().join(',') === renderLimits(quota).split(',').sort().join(',');
}
