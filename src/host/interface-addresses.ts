import { existsSync } from 'node:fs';
import type { IpAddress } from '../domain/ip-address.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type InterfaceAddress, parseIpAddresses } from './parse-ip-addresses.ts';

/** Throws INTERFACE_MISSING unless this host has a network interface of that name now. */
export function requireInterface(name: string): void {
  // The kernel's own rule for names (dev_valid_name), before one becomes part of a path.
  const isName = /^[^\s/:]{1,15}$/u.test(name) && name !== '.' && name !== '..';
  if (isName && existsSync(`/sys/class/net/${name}`)) return;
  throw new VirtfsError('INTERFACE_MISSING', {
    what: `cannot use the network interface '${escapeLines(name).slice(0, 80)}'`,
    why: 'this host has none of that name',
    mend: 'see what there is: ip -brief link',
  });
}

/**
 * Gives the interface an address, for that address alone (/32, /128), until the next boot; false when it has it already,
 * with whatever prefix. Throws INTERFACE_FAILED, PROGRAM_MISSING.
 */
export async function putInterfaceAddress(
  name: string,
  address: IpAddress,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await listInterfaceAddresses(name, signal);
  if (found.some((each) => each.address === address)) return false;
  await runIp(['address', 'add', withPrefix(address), 'dev', name], signal);
  return true;
}

export type TakenOff = 'removed' | 'was not there' | 'not ours';

/**
 * Takes an address off the interface. One that stands there for a whole network is `not ours`: the host has it for
 * itself. Throws as `putInterfaceAddress`.
 */
export async function removeInterfaceAddress(
  name: string,
  address: IpAddress,
  signal: AbortSignal,
): Promise<TakenOff> {
  const found = (await listInterfaceAddresses(name, signal)).filter((each) => each.address === address);
  if (found.length === 0) return 'was not there';
  if (!found.some(({ prefix }) => prefix === prefixOf(address))) return 'not ours';
  await runIp(['address', 'delete', withPrefix(address), 'dev', name], signal);
  return 'removed';
}

/** `192.0.2.1/32`, `2001:db8::1/128`. */
export function withPrefix(address: IpAddress): string {
  return `${address}/${prefixOf(address)}`;
}

function prefixOf(address: IpAddress): 32 | 128 {
  return address.includes(':') ? 128 : 32;
}

async function listInterfaceAddresses(
  name: string,
  signal: AbortSignal,
): Promise<readonly InterfaceAddress[]> {
  const text = await runIp(['-json', 'address', 'show', 'dev', name], signal);
  const found = parseIpAddresses(text);
  if (found === undefined) throw failed(['-json', 'address', 'show'], 'what it printed is not JSON');
  return found;
}

/** Looked for where packages put it, never on the caller's PATH: it runs as root. */
const places = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'];

async function runIp(args: readonly string[], signal: AbortSignal): Promise<string> {
  const program = places.find((path) => existsSync(path));
  if (program === undefined) {
    throw new VirtfsError('PROGRAM_MISSING', {
      what: `cannot run ip ${args.join(' ')}`,
      why: 'this host has no program ip',
      mend: 'install it: apt install iproute2',
    });
  }
  const { execa } = await import('execa');
  const ended = await execa(program, args, {
    reject: false,
    timeout: 10_000,
    cancelSignal: signal,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
    extendEnv: false,
  });
  signal.throwIfAborted();
  if (!ended.failed) return ended.stdout ?? '';
  throw failed(args, ended.stderr?.trim() || (ended.shortMessage ?? 'it failed'));
}

function failed(args: readonly string[], why: string): VirtfsError {
  return new VirtfsError('INTERFACE_FAILED', {
    what: `the interface did not do as told: ip ${escapeLines(args.join(' '))}`,
    why: escapeLines(why.replace(/^Error: |\.$/gu, '')).slice(0, 300),
    mend: 'look at it with ip address, then run the same command again',
  });
}
