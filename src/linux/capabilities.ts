import { check, libcFunction } from './libc.ts';

// biome-ignore format: a table
/** Numbers of capabilities(7). */
export const capability = {
  chown: 0, dacOverride: 1, fowner: 3, fsetid: 4, kill: 5, setgid: 6, setuid: 7, netBindService: 10, sysChroot: 18, auditWrite: 29,
} as const;

/** Effective, permitted and inheritable sets of the calling thread, one bit a capability. */
export interface CapabilitySets {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

const header = new Uint8Array(new Uint32Array([0x20080522, 0]).buffer);

/** Takes every capability but `kept` out of the bounding set: no program can ever get it back. Needs CAP_SETPCAP. */
export function dropBoundingSet(kept: bigint): void {
  const drop = 24;
  for (const number of listBoundingSet()) {
    if (!has(kept, number)) check(prctl(drop, number, 0, 0, 0), 'prctl');
  }
}

/** The bounding set of the calling thread. */
export function readBoundingSet(): bigint {
  return listBoundingSet().reduce((set, number) => set | (1n << BigInt(number)), 0n);
}

/** Empties the ambient set, which would outlive an exec. */
export function clearAmbientSet(): void {
  const ambient = 47;
  const clearAll = 4;
  check(prctl(ambient, clearAll, 0, 0, 0), 'prctl');
}

export function readCapabilities(): CapabilitySets {
  const capget = libcFunction<[Uint8Array, Uint8Array]>('int capget(const void *, _Out_ void *)');
  const data = new Uint32Array(6);
  check(capget(header, new Uint8Array(data.buffer)), 'capget');
  const set = (low: number) => BigInt(data[low] ?? 0) | (BigInt(data[low + 3] ?? 0) << 32n);
  return { effective: set(0), permitted: set(1), inheritable: set(2) };
}

export function setCapabilities(sets: CapabilitySets): void {
  const capset = libcFunction<[Uint8Array, Uint8Array]>('int capset(const void *, const void *)');
  const { effective, permitted, inheritable } = sets;
  const words = [0n, 32n].flatMap((shift) =>
    [effective, permitted, inheritable].map((set) => low(set >> shift)),
  );
  check(capset(header, new Uint8Array(new Uint32Array(words).buffer)), 'capset');
}

function listBoundingSet(): readonly number[] {
  const read = 23;
  const numbers: number[] = [];
  for (let number = 0; number < 64; number++) {
    const result = prctl(read, number, 0, 0, 0);
    // The first number the kernel does not know ends the list.
    if (result === -1) break;
    if (result === 1) numbers.push(number);
  }
  return numbers;
}

function prctl(option: number, ...args: [number, number, number, number]): number {
  declaredPrctl ??= libcFunction(
    'int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)',
  );
  return declaredPrctl(option, ...args);
}

let declaredPrctl: ((...args: number[]) => number) | undefined;

function has(set: bigint, number: number): boolean {
  return (set & (1n << BigInt(number))) !== 0n;
}

function low(set: bigint): number {
  return Number(set & 0xffffffffn);
}
