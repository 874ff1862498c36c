import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type DomainName, whyNotDomainName } from './domain-name.ts';
import { parseIpAddress } from './ip-address.ts';
import type { RemovedConfLine, RemovedDomain } from './removed.ts';

/**
 * The removed domain in `text`, which was read from `file`. Read by hand: whoever changes a root looks into the trash,
 * and would load a schema library for it. Throws BAD_RECORD.
 */
export function parseRemoved(text: string, file: string): RemovedDomain {
  try {
    return readRemoved(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof VirtfsError)) throw error;
    throw new VirtfsError('BAD_RECORD', {
      what: `cannot read ${escapeLines(file)}`,
      why: `it is not what virtfs remove writes: ${escapeLines(error.message)}`,
      mend: 'put the file back from a backup, or delete its folder, which is in the trash',
      cause: error,
    });
  }
}

const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u;

function readRemoved(value: unknown): RemovedDomain {
  const { version, domain, removed, aliases, conf, directories, purging } = asObject(value);
  if (version !== 1) throw new SyntaxError('version is not 1');
  if (typeof removed !== 'string' || !isTime.test(removed)) throw new SyntaxError('removed is no time');
  return {
    version,
    domain: asName(domain),
    removed,
    aliases: asList(aliases).map(asName),
    conf: asList(conf).map(readConfLine),
    directories: asList(directories).map(asText),
    ...(purging === true ? { purging } : {}),
  };
}

function readConfLine(value: unknown): RemovedConfLine {
  const { file, address, directory } = asObject(value);
  if (typeof file !== 'string' || typeof address !== 'string' || typeof directory !== 'string')
    throw new SyntaxError('a line of conf lacks a word');
  const isWord = address === 'default' || address === 'sni';
  return { file, address: isWord ? address : parseIpAddress(address), directory };
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new SyntaxError('a word is missing');
}

function asName(value: unknown): DomainName {
  if (typeof value === 'string' && whyNotDomainName(value) === undefined) return value as DomainName;
  throw new SyntaxError('a name is no domain name');
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError('a list is missing');
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value };
  throw new SyntaxError('an object is missing');
}
