import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { DomainRecord } from './record.ts';

/** What of a domain's record decides how its programs run. */
export type RecordFacts = Pick<DomainRecord, 'uids' | 'link'>;

/**
 * Reads no more than virtexec needs, without a schema library, whose loading would take longer than all the rest.
 * Throws BAD_RECORD.
 */
export function parseRecordFacts(text: string, file: string): RecordFacts {
  const record = parseObject(text);
  const uids = asObject(record?.uids);
  const first = uids?.first;
  const count = uids?.count;
  const link = record?.link;
  const isLink = link === 'reflink' || link === 'hardlink' || link === 'copy';
  if (!isId(first) || !isId(count) || !isLink || record?.version !== 1) {
    throw new VirtfsError('BAD_RECORD', {
      what: `cannot read ${escapeLines(file)}`,
      why: 'it is not a whole record of version 1: version, uids and link are needed here',
      mend: 'put the file back from a backup; virtfs show DOMAIN says what is wrong with it',
    });
  }
  return { uids: { first, count }, link };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 0xffff_ffff;
}
