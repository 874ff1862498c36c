import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { type IpAddress, parseIpAddress } from '../../src/domain/ip-address.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { type ChangedRecord, changeRecord, type RecordChange } from '../../src/pipeline/change-record.ts';
import { create } from './run-create.ts';

/** Where one.org is. */
export interface Place {
  readonly root: string;
  readonly settings: Settings;
}

export const one = parseDomainName('one.org');
export const ip1 = parseIpAddress('192.0.2.1');
export const ip2 = parseIpAddress('192.0.2.2');

/** Makes one.org. */
export async function makeOne(
  { settings }: Place,
  words: { readonly addresses?: readonly string[]; readonly aliases?: readonly string[] } = {},
): Promise<void> {
  await create({ settings, domains: [one], ...words });
}

export type ChangeWords = Omit<RecordChange, 'settings' | 'root' | 'domain' | 'signal' | 'onWait'>;

/** Changes the record of one.org. */
export function changeOne({ settings, root }: Place, words: ChangeWords): Promise<ChangedRecord> {
  const { signal } = new AbortController();
  return changeRecord({ settings, root, domain: one, signal, onWait: () => {}, ...words });
}

export function addAliases(place: Place, ...texts: readonly string[]): Promise<ChangedRecord> {
  const aliases = texts.map(parseDomainName);
  return changeOne(place, {
    about: { aliases },
    change: (record) => ({ ...record, aliases: [...record.aliases, ...aliases] }),
  });
}

export function removeAliases(place: Place, ...texts: readonly string[]): Promise<ChangedRecord> {
  const aliases = texts.map(parseDomainName);
  return changeOne(place, {
    about: { aliases },
    change: (record) => ({ ...record, aliases: record.aliases.filter((each) => !aliases.includes(each)) }),
  });
}

export function addAddresses(place: Place, ...addresses: readonly IpAddress[]): Promise<ChangedRecord> {
  return changeOne(place, {
    about: { addresses },
    change: (record) => ({ ...record, addresses: [...record.addresses, ...addresses] }),
  });
}

export function removeAddresses(place: Place, ...addresses: readonly IpAddress[]): Promise<ChangedRecord> {
  return changeOne(place, {
    about: { addresses },
    change: (record) => ({
      ...record,
      addresses: record.addresses.filter((each) => !addresses.includes(each)),
    }),
  });
}

/** The code of the VirtfsError it is refused with, or `done`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}

export function confLine({ root }: Pick<Place, 'root'>, address: string, name = 'one.org'): string {
  return `${address} ${root}/${name}\n`;
}

/** Each character is one byte. */
export function putConf({ root }: Pick<Place, 'root'>, name: string, text: string): void {
  writeFileSync(join(root, name), Buffer.from(text, 'latin1'), { mode: 0o640 });
}

export function confOf({ root }: Pick<Place, 'root'>, name: string): string {
  return readFileSync(join(root, name)).toString('latin1');
}

export function recordFile({ root }: Pick<Place, 'root'>, domain = 'one.org'): string {
  return join(root, `.virtfs/domains/${domain}.json`);
}

export function namesIn(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => name !== '.virtfs')
    .sort();
}
