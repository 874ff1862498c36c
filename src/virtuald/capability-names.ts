/**
 * The capabilities(7) that a service in a tree may have at all, by the names of `linux/capability.h`. Whatever else a program
 * would ask for is out of its bounding set.
 */
// biome-ignore format: a table
const numbers: ReadonlyMap<string, number> = new Map([
  ['chown', 0], ['dac_override', 1], ['fowner', 3], ['fsetid', 4], ['kill', 5], ['setgid', 6], ['setuid', 7],
  ['net_bind_service', 10], ['sys_chroot', 18], ['audit_write', 29],
]);

export const capabilityNames: readonly string[] = [...numbers.keys()];

/** All of them, one bit each. */
export const allCapabilities: bigint = [...numbers.values()].reduce(
  (set, number) => set | (1n << BigInt(number)),
  0n,
);

/** The number of a capability that a tree may have, in upper or lower case, with `cap_` or without; else undefined. */
export function numberOfCapability(name: string): number | undefined {
  return numbers.get(name.toLowerCase().replace(/^cap_/u, ''));
}
