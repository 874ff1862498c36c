import * as v from 'valibot';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { parseDomainName, whyNotDomainName } from './domain-name.ts';
import { parseIpAddress } from './ip-address.ts';
import { parseMailSettings } from './parse-mail-settings.ts';
import type { DomainRecord } from './record.ts';

const domainName = v.pipe(
  v.string(),
  v.check(
    (text) => whyNotDomainName(text) === undefined && parseDomainName(text) === text,
    'is no domain name',
  ),
  v.transform(parseDomainName),
);

const address = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return parseIpAddress(dataset.value);
    } catch (error) {
      if (!(error instanceof VirtfsError)) throw error;
      addIssue({ message: 'is no IP address' });
      return NEVER;
    }
  }),
);

const mail = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const { settings, complaints } = parseMailSettings(dataset.value);
    for (const message of complaints) addIssue({ message });
    return complaints.length === 0 ? settings : NEVER;
  }),
);

const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_294));
const time = v.pipe(v.string(), v.isoTimestamp());

const schema = v.object({
  version: v.literal(1),
  domain: domainName,
  profiles: v.array(v.string()),
  addresses: v.array(address),
  aliases: v.array(domainName),
  admin: v.string(),
  uids: v.object({ first: id, count: v.pipe(id, v.minValue(1)) }),
  link: v.picklist(['reflink', 'hardlink', 'copy']),
  mail: v.exactOptional(mail),
  renamedFrom: v.exactOptional(domainName),
  created: time,
  updated: time,
});

/** The record in `text`, which was read from `file`. Throws BAD_RECORD that names the file and each broken rule. */
export function parseRecord(text: string, file: string): DomainRecord {
  const result = v.safeParse(schema, parseJson(text, file));
  if (result.success) return result.output;
  const rules = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the record'}: ${issue.message}`);
  throw badRecord(file, escapeLines(rules.join('; ')));
}

/** The value of JSON text; BAD_RECORD where it is none. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRecord(file, 'it is not JSON, or cut short', error);
  }
}

export function badRecord(file: string, why: string, cause?: unknown): VirtfsError {
  return new VirtfsError('BAD_RECORD', {
    what: `cannot read ${escapeLines(file)}`,
    why,
    mend: 'put the file back from a backup, or remove it and make the domain again',
    cause,
  });
}
