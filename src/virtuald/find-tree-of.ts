import { type Conf, parseConf } from '../domain/conf-lines.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfigFile } from '../host/read-config-file.ts';
import { findByAddress, makeAddressTable, type TreePlace } from './address-table.ts';

export interface TreeQuestion {
  /** The file of addresses and trees, absolute. */
  readonly conf: string;
  /** The folders that hold trees. */
  readonly roots: readonly string[];
  /** The connection's own. */
  readonly address: IpAddress;
  /** Hears of lines that cannot be read, while the address has one that can. */
  readonly warn: (text: string) => void;
}

/** Room for as many lines as there are trees on the largest of machines. */
const mostBytes = 16 * 1024 * 1024;

/**
 * The tree that CONF has for an address. With a line that cannot be read, no connection goes to `default`, for that
 * might be its own line. Throws PATH_MISSING for no CONF, BAD_CONF for such a line, NO_TREE for an address it does not
 * have, BAD_CONFIG for a file others may write.
 */
export function findTreeOf({ conf, roots, address, warn }: TreeQuestion): TreePlace {
  const text = readConfigFile(conf, mostBytes);
  if (text === undefined) throw missing(conf);
  const { table, complaints } = makeAddressTable(parseConf(text), roots);
  const own = table.byAddress.get(address);
  const [first] = complaints;
  if (first === undefined) {
    const place = findByAddress(table, address);
    if (place !== undefined) return place;
    throw noTree(conf, address);
  }
  if (own === undefined) throw badConf(conf, first);
  warn(`${conf}, line ${first.line}: ${first.why}`);
  return own;
}

function missing(conf: string): VirtfsError {
  return new VirtfsError('PATH_MISSING', {
    what: `cannot read ${escapeLines(conf)}`,
    why: 'there is no such file',
    mend: 'make it, with a line ADDRESS DIRECTORY for each domain - or: virtfs address add DOMAIN ADDRESS',
  });
}

function badConf(conf: string, { line, why }: Conf['complaints'][number]): VirtfsError {
  return new VirtfsError('BAD_CONF', {
    what: `cannot use ${escapeLines(conf)}`,
    why: `line ${line}: ${why}`,
    mend: `correct it, and look for more: virtuald --check ${escapeLines(conf)}`,
  });
}

function noTree(conf: string, address: IpAddress): VirtfsError {
  return new VirtfsError('NO_TREE', {
    what: `cannot tell the domain of a connection to ${address}`,
    why: `${escapeLines(conf)} has no line for it and no default`,
    mend: `add a line to it: ${address} DIRECTORY`,
  });
}
