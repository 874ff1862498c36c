import { type DomainName, parseDomainName } from '../../domain/domain-name.ts';
import { whyNotLocalPart } from '../../domain/local-part.ts';
import { lowerAscii } from '../../domain/lower-ascii.ts';
import type { MailQuotaSetting, MailSettings } from '../../domain/mail-settings.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { type FoundDomain, findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { describeMailSettings } from '../../mail/describe-mail-settings.ts';
import { openMailView } from '../../mail/open-mail-view.ts';
import { parseAddress } from '../../mail/parse-address.ts';
import { changeRecord } from '../../pipeline/change-record.ts';
import { sayWaiting } from '../choose-progress.ts';
import { badUsage } from '../command-line.ts';
import { describeFacts } from '../describe-facts.ts';
import { describeSize } from '../describe-size.ts';
import { parseSize } from '../parse-size.ts';
import type { MailSetCall } from '../specs/mail-specs.ts';

type Values = MailSetCall['values'];
type Bad = (why: string) => Error;

export async function runMailSet({ operands, values, io, spec }: MailSetCall): Promise<number> {
  const bad: Bad = (why) => badUsage('virtfs', spec, why);
  requireWords(values, bad);
  const settings = await readSettings(io.env, values.root);
  const found = await findDomain(settings.roots, parseDomainName(operands[0] ?? ''));
  const { root, domain } = found;
  const catchAll = parseCatchAll(values['catch-all'], domain, bad);
  if (catchAll !== undefined) requireSomebody(found, catchAll);
  const edit = parseEdit(values, catchAll, bad);
  const { record, isChanged } = await changeRecord({
    settings,
    root,
    domain,
    signal: io.signal,
    onWait: sayWaiting(values, io, root),
    change: (before) => {
      const { mail = {}, ...rest } = before;
      const next = edit(mail);
      return Object.keys(next).length === 0 ? rest : { ...before, mail: next };
    },
  });
  const mail = record.mail ?? {};
  if (values.json) io.out(JSON.stringify({ root, domain, mail, isChanged }, undefined, 2));
  else if (!values.quiet) {
    io.err(isChanged ? `Mail of ${domain} from now on:` : `Mail of ${domain} was so already:`);
    for (const line of describeFacts(describeMailSettings(mail, describeSize), io.columns)) io.err(line);
  }
  return 0;
}

function requireWords(values: Values, bad: Bad): void {
  const { root: _, json: __, quiet: ___, ...wanted } = values;
  if (Object.keys(wanted).length === 0)
    throw bad('it needs something to set: --catch-all, --refuse, --quota, --detail');
  const pairs = [
    ['catch-all', 'no-catch-all'],
    ['detail', 'no-detail'],
    ['quota', 'no-quota'],
    ['messages', 'no-quota'],
    ['over', 'no-quota'],
  ] as const;
  const pair = pairs.find(([one, other]) => values[one] !== undefined && values[other] !== undefined);
  if (pair) throw bad(`--${pair[0]} and --${pair[1]} contradict each other`);
}

/** A user or alias of the domain without its `@domain`, any other address as it is. */
function parseCatchAll(text: string | undefined, domain: DomainName, bad: Bad): string | undefined {
  if (text === undefined) return undefined;
  if (!text.includes('@')) {
    const wrong = whyNotLocalPart(text);
    if (wrong === undefined) return text;
    throw bad(`--catch-all '${escapeLines(text).slice(0, 80)}': ${wrong}`);
  }
  const address = parseAddress(text);
  if (address.type === 'bad') throw bad(`--catch-all '${escapeLines(text).slice(0, 80)}': ${address.why}`);
  return address.domain === domain ? address.local : `${address.local}@${address.domain}`;
}

/** Throws UNKNOWN_USER for a name of the domain that is neither a user nor an alias. */
function requireSomebody({ root, domain }: FoundDomain, catchAll: string): void {
  if (catchAll.includes('@')) return;
  using view = openMailView({ roots: [root] });
  const mail = view.findDomain(domain);
  if (mail?.findAccount(catchAll) !== undefined || mail?.aliases().has(lowerAscii(catchAll))) return;
  throw new VirtfsError('UNKNOWN_USER', {
    what: `cannot let ${escapeLines(catchAll)} catch all mail of ${domain}`,
    why: "the tree's etc/passwd has no such user, and etc/aliases no such alias",
    mend: `see who is there: virtfs user list ${domain} - or add him: virtfs user add ${domain} ${escapeLines(catchAll)}`,
  });
}

/** What is to become of settings. */
function parseEdit(
  values: Values,
  catchAll: string | undefined,
  bad: Bad,
): (before: MailSettings) => MailSettings {
  const refuse = (values.refuse ?? []).map((name) => parseName('refuse', name, bad));
  const accept = (values.accept ?? []).map((name) => parseName('accept', name, bad));
  const editQuota = parseQuotaEdit(values, bad);
  return (before) => {
    const refused = [...new Set([...(before.refuse ?? []), ...refuse])].filter(
      (name) => !accept.includes(name),
    );
    const everything = {
      catchAll: values['no-catch-all'] ? undefined : (catchAll ?? before.catchAll),
      refuse: refused.length === 0 ? undefined : refused,
      quota: editQuota(before.quota),
      detail: values['no-detail'] ? undefined : values.detail ? ('+' as const) : before.detail,
    };
    return withoutUndefined(everything);
  };
}

function parseQuotaEdit(
  values: Values,
  bad: Bad,
): (before: MailQuotaSetting | undefined) => MailQuotaSetting | undefined {
  const { quota, messages: most, over } = values;
  const bytes = quota === undefined ? undefined : parseSize(quota);
  if (quota !== undefined && bytes === undefined)
    throw bad(`--quota is a size as in 500MB or 2GB, not '${escapeLines(quota).slice(0, 80)}'`);
  if (most !== undefined && !/^[1-9]\d{0,8}$/u.test(most))
    throw bad(`--messages is a whole number from 1 on, not '${escapeLines(most).slice(0, 80)}'`);
  if (over !== undefined && over !== 'hard' && over !== 'soft')
    throw bad(`--over is hard or soft, not '${escapeLines(over).slice(0, 80)}'`);
  return (before) => {
    if (values['no-quota']) return undefined;
    const limits = withoutUndefined({
      bytes: bytes ?? before?.bytes,
      messages: most === undefined ? before?.messages : Number(most),
    });
    if (Object.keys(limits).length > 0) return { ...limits, over: over ?? before?.over ?? 'soft' };
    if (over !== undefined)
      throw bad('--over says what happens beyond a limit, and there is none: --quota SIZE');
    return undefined;
  };
}

function parseName(option: string, text: string, bad: Bad): string {
  const wrong = text.includes('@') ? 'give it without the @ and the domain' : whyNotLocalPart(text);
  if (wrong === undefined) return lowerAscii(text);
  throw bad(`--${option} '${escapeLines(text).slice(0, 80)}': ${wrong}`);
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(table: T): Defined<T> {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined)) as Defined<T>;
}
