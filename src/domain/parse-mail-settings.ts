import { parseDomainName, whyNotDomainName } from './domain-name.ts';
import { whyNotLocalPart } from './local-part.ts';
import { lowerAscii } from './lower-ascii.ts';
import type { MailQuotaSetting, MailSettings } from './mail-settings.ts';

/** More than a record is meant to hold. */
const mostRefused = 1000;

/**
 * Reads what a record says of mail. `complaints` are sentences without a full stop; with any, nothing of it may be used.
 * Without a schema library, for a program that delivers one message waits for its loading.
 */
export function parseMailSettings(value: unknown): {
  readonly settings: MailSettings;
  readonly complaints: readonly string[];
} {
  const complaints: string[] = [];
  const fields = asTable(value, 'mail', complaints);
  const known = ['catchAll', 'refuse', 'quota', 'detail'];
  for (const key of Object.keys(fields)) {
    // Of a later version, and maybe a promise that mail is refused.
    if (!known.includes(key)) complaints.push(`'${key}' is nothing that mail has`);
  }
  const { catchAll, refuse, quota, detail } = fields;
  const settings: MailSettings = {
    ...(catchAll === undefined ? {} : { catchAll: parsed(catchAll, whyNotCatchAll, 'catchAll', complaints) }),
    ...(refuse === undefined ? {} : { refuse: parseRefused(refuse, complaints) }),
    ...(quota === undefined ? {} : { quota: parseQuota(quota, complaints) }),
    ...(detail === undefined ? {} : { detail: '+' }),
  };
  if (detail !== undefined && detail !== '+') complaints.push(`detail must be '+'`);
  return { settings, complaints };
}

/** The rule that a name or address to catch all breaks, or undefined. Reads names of the domain, and addresses. */
export function whyNotCatchAll(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  if (at === -1) return whyNotLocalPart(text);
  const domain = text.slice(at + 1);
  return (
    whyNotLocalPart(text.slice(0, at)) ??
    whyNotDomainName(domain) ??
    (parseDomainName(domain) === domain ? undefined : 'its domain is not written in lower case and ASCII')
  );
}

/** The rule that a local part to refuse breaks, or undefined. */
export function whyNotRefused(text: string): string | undefined {
  return whyNotLocalPart(text) ?? (lowerAscii(text) === text ? undefined : 'it is not in lower case');
}

function parseRefused(value: unknown, complaints: string[]): readonly string[] {
  if (!Array.isArray(value) || value.length > mostRefused) {
    complaints.push(`refuse must be a list of at most ${mostRefused}`);
    return [];
  }
  return value.map((each: unknown) => parsed(each, whyNotRefused, 'refuse', complaints));
}

function parseQuota(value: unknown, complaints: string[]): MailQuotaSetting {
  const fields = asTable(value, 'quota', complaints);
  for (const key of Object.keys(fields)) {
    if (!['bytes', 'messages', 'over'].includes(key)) complaints.push(`'${key}' is nothing that quota has`);
  }
  const { bytes, messages, over } = fields;
  if (over !== 'hard' && over !== 'soft') complaints.push("quota.over must be 'hard' or 'soft'");
  return {
    ...(bytes === undefined ? {} : { bytes: parseLimit(bytes, 'quota.bytes', complaints) }),
    ...(messages === undefined ? {} : { messages: parseLimit(messages, 'quota.messages', complaints) }),
    over: over === 'hard' ? 'hard' : 'soft',
  };
}

function parseLimit(value: unknown, name: string, complaints: string[]): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  complaints.push(`${name} must be a whole number from 1 on`);
  return 1;
}

function parsed(
  value: unknown,
  whyNot: (text: string) => string | undefined,
  name: string,
  complaints: string[],
): string {
  const wrong = typeof value === 'string' ? whyNot(value) : 'it is no text';
  if (wrong !== undefined) complaints.push(`${name}: ${wrong}`);
  return typeof value === 'string' ? value : '';
}

function asTable(value: unknown, name: string, complaints: string[]): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  complaints.push(`${name} must be a table`);
  return {};
}
